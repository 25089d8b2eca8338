import { describe, expect, test } from 'vitest'
import { contentSecurityPolicy, findAppFile } from '../../../src/main/window/app-files.ts'

const folder = '/app/out/renderer'
const at = (address: string): string | undefined => findAppFile(address, folder)?.file

describe('what app:// serves', () => {
  test.each([
    ['app://clawkeep/', '/app/out/renderer/index.html', 'text/html; charset=utf-8'],
    ['app://clawkeep/keys/itm_1', '/app/out/renderer/index.html', 'text/html; charset=utf-8'],
    [
      'app://clawkeep/assets/index-Bx3_a1-.js',
      '/app/out/renderer/assets/index-Bx3_a1-.js',
      'text/javascript; charset=utf-8',
    ],
    ['app://clawkeep/assets/index-1.css?v=2#top', '/app/out/renderer/assets/index-1.css', 'text/css; charset=utf-8'],
    ['app://clawkeep/assets/icon.svg', '/app/out/renderer/assets/icon.svg', 'image/svg+xml'],
    // The parser of standard addresses resolves dots first, so these stay inside.
    ['app://clawkeep/../../index.js', '/app/out/renderer/index.js', 'text/javascript; charset=utf-8'],
  ])('%s is %s', (address, file, type) => {
    expect(findAppFile(address, folder)).toEqual({ file, type })
  })

  test.each([
    ['another host', 'app://evil/index.html'],
    ['a host that begins like ours', 'app://clawkeep.evil/index.html'],
    ['a port', 'app://clawkeep:80/index.html'],
    ['a user name', 'app://user@clawkeep/index.html'],
    ['another scheme', 'file:///etc/passwd'],
    ['no address', 'not an address'],
    ['an escaped parent folder', 'app://clawkeep/%2e%2e%2f%2e%2e%2fpackage.json'],
    ['an escaped slash', 'app://clawkeep/assets%2findex.js'],
    ['a backslash', 'app://clawkeep/..\\..\\package.js'],
    ['an escaped backslash', 'app://clawkeep/..%5c..%5cmain%5cindex.js'],
    ['an escaped NUL', 'app://clawkeep/index.html%00.js'],
    ['a hidden file', 'app://clawkeep/.env.js'],
    ['a hidden folder', 'app://clawkeep/.git/config.js'],
    ['dots inside a name', 'app://clawkeep/a..b.js'],
    ['an empty part', 'app://clawkeep//etc/passwd.js'],
    ['an unknown kind of file', 'app://clawkeep/data.json'],
    ['a source map', 'app://clawkeep/assets/index.js.map'],
    ['a database', 'app://clawkeep/vault.db'],
  ])('%s finds nothing', (_name, address) => {
    expect(at(address)).toBeUndefined()
  })

  test('the policy allows nothing inline, nothing evaluated and nobody else', () => {
    expect(contentSecurityPolicy).not.toMatch(/unsafe|data:|blob:|https?:|\*/)
    expect(contentSecurityPolicy.startsWith("default-src 'none'; ")).toBe(true)
  })
})
