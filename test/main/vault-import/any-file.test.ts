import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/app-error.ts'
import { parseFile, type ParseRequest } from '../../../src/main/vault-import/parse-file.ts'
import * as files from '../../support/import-files.ts'
import { csvFiles, dotEnv } from '../../support/import-text-files.ts'
import { kdbx } from '../../support/kdbx-files.ts'

const { utf8, json } = files

function request(bytes: Uint8Array): ParseRequest {
  return { bytes, format: null, password: 'pässword', keyFile: null, map: null }
}

describe('any file at all', () => {
  const good: Array<Uint8Array> = []
  beforeAll(async () => {
    good.push(
      json(files.bitwarden),
      await files.lockedBitwarden(files.bitwarden, 'pässword', { kdfType: 0, kdfIterations: 10 }),
      files.onePassword(),
      files.protonZip(),
      json(files.proton),
      await kdbx({ version: 3 }),
      await kdbx({ version: 4, kdf: 'argon2d', memoryKiB: 64 }),
      utf8(dotEnv),
      ...Object.values(csvFiles).map(utf8),
    )
  })

  /** Whatever comes in, entries or words come out. */
  async function endsWell(bytes: Uint8Array): Promise<void> {
    try {
      const { entries } = await parseFile(request(bytes))
      for (const { name, secret } of entries) expect(typeof name + typeof secret).toBe('stringstring')
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      expect(error.code).not.toBe('internal')
    }
  }

  it('ends in entries or in words when it is garbage', async () => {
    const starts = [
      '',
      '{',
      '[',
      'PK\x03\x04',
      '\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01\x00\x04\x00',
      'name,url,username,password\n',
      'A=',
    ]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }), (start, rest) =>
        endsWell(Buffer.concat([Buffer.from(start, 'latin1'), rest])),
      ),
      { numRuns: 400 },
    )
  })

  it('ends in entries or in words when it is a good file with bytes changed, lost or doubled', async () => {
    const change = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('flip', 'cut', 'drop', 'double'),
      byte: fc.nat(255),
    })
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(change, { minLength: 1, maxLength: 4 }), async (which, changes) => {
        let bytes = Buffer.from(good[which % good.length] ?? new Uint8Array())
        for (const { at, kind, byte } of changes) {
          const place = at % Math.max(1, bytes.length)
          if (kind === 'flip') bytes[place] = byte
          else if (kind === 'cut') bytes = bytes.subarray(0, place)
          else if (kind === 'drop') bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)])
          else bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(Math.max(0, place - 40))])
        }
        await endsWell(bytes)
      }),
      { numRuns: 400 },
    )
  })

  it('ends in entries or in words when it is JSON of any shape', async () => {
    const root = fc.constantFrom('items', 'vaults', 'accounts', 'folders')
    await fc.assert(
      fc.asyncProperty(root, fc.jsonValue({ maxDepth: 6 }), (name, value) =>
        endsWell(json({ [name]: value, items: [value] })),
      ),
      { numRuns: 300 },
    )
  })
})
