import { basename, join } from 'node:path'
import { build } from 'vite'
import { repoRoot } from './spawn-core.ts'

/** As deep below the checkout as test/support, so that a path made from `import.meta.url` still fits. */
const outDir = join(repoRoot, 'out', 'test-scripts')

/**
 * Puts a script of test/support and all that it imports into one place, as the app's own build does, and gives its path. For a test
 * that starts it hundreds of times: reading every source anew is half of such a start.
 */
export async function bundleScript(name: string): Promise<string> {
  await build({
    configFile: false,
    root: repoRoot,
    logLevel: 'error',
    build: { ssr: join(repoRoot, 'test', 'support', `${name}.ts`), outDir, emptyOutDir: false, target: 'node24' },
    ssr: { noExternal: true, external: ['argon2', 'better-sqlite3', 'dockerode'] },
  })
  return join(outDir, `${basename(name)}.js`)
}
