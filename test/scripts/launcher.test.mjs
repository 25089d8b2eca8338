import { spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

/** A checkout whose program says one word, with the launcher itself as it is. */
let checkout

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'clawkeep-launcher-'))
  for (const part of ['bin', 'scripts'])
    cpSync(resolve(import.meta.dirname, '../..', part), join(checkout, part), { recursive: true })
  put('package.json', '{"type":"module"}')
  put('src/word', 'old')
  put(
    'node_modules/electron-vite/bin/electron-vite.js',
    `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
     mkdirSync('out/main', { recursive: true })
     writeFileSync('out/main/cli.cjs', 'console.log("' + readFileSync('src/word') + '")')`,
  )
  mkdirSync(join(checkout, 'node_modules/.bin'))
  symlinkSync(process.execPath, join(checkout, 'node_modules/.bin/node'))
})

afterEach(() => {
  if (existsSync(kept())) chmodSync(kept(), 0o700)
  rmSync(checkout, { recursive: true, force: true })
})

const kept = () => join(checkout, 'out/compile-cache')

function put(path, text) {
  mkdirSync(join(checkout, path, '..'), { recursive: true })
  writeFileSync(join(checkout, path), text)
}

/** Root loses what lets it write anywhere: modes then hold for it as for anybody. */
const bound = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : []

/** What the launcher prints; `first` are options of Node. */
async function launch(...first) {
  const [program, ...args] = [...bound, process.execPath, ...first, join(checkout, 'bin/clawkeep')]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, code] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    new Promise((done) => child.on('close', done)),
  ])
  return { code, out: out.join(''), err: err.join('') }
}

it('keeps compiled code where the build is of the user who runs it, and leaves nothing of its own with the build of another', async () => {
  const asAnother = ['--import', `data:text/javascript,process.getuid = () => ${process.getuid() + 1}`]
  expect(await launch(...asAnother)).toMatchObject({ code: 0, out: 'old\n' })
  expect(existsSync(kept())).toBe(false)
  expect(await launch()).toMatchObject({ code: 0, out: 'old\n' })
  expect(existsSync(kept())).toBe(true)
})

it('builds what is stale also where it may not remove code that was compiled before', async () => {
  expect(await launch()).toMatchObject({ code: 0, out: 'old\n' })
  put('src/word', 'newer')
  put('out/compile-cache/left', 'by another user')
  chmodSync(kept(), 0o500)
  expect(await launch()).toMatchObject({ code: 0, out: 'newer\n' })
  expect(existsSync(join(kept(), 'left'))).toBe(true)
})
