import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeRecoveryKit, writeRecoveryKit } from '../../src/main/recovery-kit.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { readPdf } from '../support/pdf-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'clawkeep-kit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// As long as words of BIP 39 become.
const words = Array.from({ length: 24 }, (_, at) => `abstract${'abcdefghijklmnopqrstuvwx'[at]}`).join(' ')
const kit = { words, vaultId: 'vlt_0123456789abcdef', madeAtMs: Date.UTC(2026, 10, 22, 12) } as const

test.each([
  ['a4', '595.28 841.89'],
  ['letter', '612 792'],
] as const)(
  'is one %s sheet with the 24 words in their order, the vault, the day, and what to do',
  async (paper, size) => {
    const { pages, pieces, rest } = readPdf(await makeRecoveryKit({ ...kit, paper }))
    expect(pages).toBe(1)
    expect(rest).toContain(`/MediaBox [0 0 ${size}]`)
    const places = words.split(' ').map((word) => pieces.indexOf(word))
    expect(places.map((place) => pieces[place - 1])).toEqual(words.split(' ').map((_, at) => String(at + 1)))
    const text = pieces.join('')
    for (const part of [
      'Vault vlt_0123456789abcdef',
      'Made on 22 November 2026',
      'a forgotten password is replaced',
      'choose "Use the recovery words"',
      'clawkeep vault recover',
      'A hint for the password (never the password itself)',
    ])
      expect(text).toContain(part)
  },
)

test('names neither the person nor the computer, and needs no font of either', async () => {
  const { pieces, rest } = readPdf(await makeRecoveryKit({ ...kit, paper: 'a4' }))
  const { username, homedir } = userInfo()
  for (const name of [hostname(), homedir, process.cwd()]) expect(`${pieces.join('')}${rest}`).not.toContain(name)
  expect(rest).toContain('(Clawkeep recovery kit)')
  for (const about of ['/Author', '/Keywords', `(${username})`]) expect(rest).not.toContain(about)
  expect(rest).not.toContain('/FontFile')
  expect(new Set(rest.match(/\/BaseFont \/\S+/g))).toEqual(
    new Set(['/BaseFont /Helvetica', '/BaseFont /Helvetica-Bold', '/BaseFont /Courier', '/BaseFont /Courier-Bold']),
  )
})

test('is written for this user only, in one file from the first byte, and over another only when that is wanted', async () => {
  const path = join(folder, 'kit.pdf')
  writeFileSync(path, 'something of the person', { mode: 0o644 })
  expect(await codeOfPromise(writeRecoveryKit(path, Buffer.from('pdf'), { replace: false }))).toBe('conflict')
  expect(readFileSync(path, 'utf8')).toBe('something of the person')
  await writeRecoveryKit(path, Buffer.from('pdf'), { replace: true })
  expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777, readdirSync(folder)]).toEqual([
    'pdf',
    0o600,
    ['kit.pdf'],
  ])
  expect(
    await codeOfPromise(writeRecoveryKit(join(folder, 'none', 'kit.pdf'), Buffer.from('pdf'), { replace: false })),
  ).not.toBe('none')
})
