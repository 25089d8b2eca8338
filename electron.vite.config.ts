import { resolve } from 'node:path'

import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

// The oldest runtime this must run on: Electron 33 of the compatibility runtime (scripts/electron-compat.mjs).
const nodeTarget = 'node20.18'
const chromeTarget = 'chrome130'

/**
 * Parts of dockerode that are never reached: an engine on another machine by ssh is refused, and no image is built by BuildKit.
 * Left out with all they load (ssh2, gRPC, protobuf): almost three quarters of its code.
 */
const unreachedParts = ['docker-modem/lib/ssh.js', 'dockerode/lib/session.js']
const withoutUnreachedParts: Plugin = {
  name: 'clawkeep:without-unreached-parts',
  enforce: 'pre',
  load: (id) =>
    unreachedParts.some((part) => id.replaceAll('\\', '/').endsWith(part))
      ? `module.exports = () => { throw new Error('This part of the library is left out of the build.') }`
      : null,
}

/** The fonts that the recovery kit uses. pdfkit reads each from a file of its own when it is first used; a bundle has no such files. */
const kitFonts = ['Helvetica', 'HelveticaBold', 'Courier', 'CourierBold']
const withKitFonts: Plugin = {
  name: 'clawkeep:with-kit-fonts',
  transform(code, id) {
    if (!id.endsWith('pdfkit/js/pdfkit.node.mjs')) return null
    const imports = kitFonts.map((font) => `import ${font} from './standard-fonts/${font}.mjs'`)
    const inlined = code.replaceAll(/require\$1\('#standard-fonts\/(\w+)'\)/g, (_all, font: string) =>
      kitFonts.includes(font) ? font : 'null',
    )
    if (inlined === code) this.error('pdfkit finds its fonts in another way now')
    return { code: `${imports.join('\n')}\n${inlined}`, map: null }
  },
}

export default defineConfig({
  main: {
    plugins: [withoutUnreachedParts, withKitFonts],
    publicDir: false,
    build: {
      target: nodeTarget,
      sourcemap: false,
      // Only what is native stays outside; all else is bundled: Electron 33 can load no ES module from CommonJS, and it starts faster.
      externalizeDeps: false,
      rolldownOptions: {
        input: {
          index: resolve('src/main/index.ts'),
          cli: resolve('src/main/cli/main.ts'),
          // Threads of their own, started by their paths.
          'apart-worker': resolve('src/main/vault-import/apart-worker.ts'),
          'strength-worker': resolve('src/main/health/strength-worker.ts'),
        },
        external: ['electron', 'better-sqlite3', 'argon2'],
        output: {
          format: 'cjs',
          // A third less to read at each start. Names stay, so stack traces name the same functions.
          minify: { compress: false, mangle: false, codegen: true },
          entryFileNames: '[name].cjs',
          chunkFileNames: 'chunks/[name]-[hash].cjs',
        },
      },
    },
  },
  preload: {
    publicDir: false,
    build: {
      target: nodeTarget,
      sourcemap: false,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: resolve('src/preload/index.ts') },
        // A sandboxed preload is one CommonJS file: it can require nothing but electron.
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: resolve('src/renderer'),
    plugins: [react(), tailwindcss()],
    build: {
      target: chromeTarget,
      sourcemap: false,
      minify: true,
      modulePreload: { polyfill: false },
      // The page's security policy allows no data: or inline parts but images.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: resolve('src/renderer/index.html'),
        // What the first page needs comes in one file instead of ten: each is a question to the main process, which is busy then.
        output: { codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] } },
      },
    },
  },
})
