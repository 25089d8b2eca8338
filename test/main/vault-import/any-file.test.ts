import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/app-error.ts'
import { exportCsv } from '../../../src/main/vault-export/export-csv.ts'
import { parseFile, type ParseRequest } from '../../../src/main/vault-import/parse-file.ts'
import { type PlannedItem, planImport } from '../../../src/main/vault-import/plan.ts'
import { atOnce } from '../../../src/main/vault/paced.ts'
import * as files from '../../support/import-files.ts'
import { csvFiles, dotEnv } from '../../support/import-text-files.ts'
import { kdbx, kdbxOf } from '../../support/kdbx-files.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

const { utf8, json } = files

function request(bytes: Uint8Array): ParseRequest {
  return { bytes, format: null, password: 'pässword', keyFile: null, map: null }
}

describe('any file at all', () => {
  const good: Array<Uint8Array> = []
  /** What would be sealed of all that was read. */
  const planned: PlannedItem[] = []
  let test: TestVault
  afterAll(() => test.cleanup())
  beforeAll(async () => {
    test = await createTestVault()
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
      const parsed = await parseFile(request(bytes))
      planned.push(...atOnce(planImport(parsed, test.vault.items, 'skip')).items)
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

  it('and whatever came of it is sealed, opens again, and can be exported', async () => {
    const dated = [json(datedExport), ...(await Promise.all(impossibleDates.map(datedKdbx)))]
    await Promise.all([...good, ...dated].map(endsWell))
    expect(planned.length).toBeGreaterThan(good.length + datedExport.items.length + impossibleDates.length)
    const { items } = test.vault
    items.addMany(
      planned.map(({ input, ...rest }, at) => ({ ...rest, input: { ...input, name: `item ${at}` }, files: [] })),
    )
    const again = test.reopen()
    await again.unlock(test.password)
    const opened = again.items.list().map(({ id }) => again.items.whole(id))
    expect(opened).toHaveLength(planned.length)
    const csv = exportCsv(
      opened.map(({ overview: { createdAtMs, ...overview }, details }) => ({
        ...overview,
        ...details,
        createdAtMs,
        files: [],
      })),
    )
    expect(csv.length).toBeGreaterThan(planned.length)
  })
})

/** No date, before the first that an item can have, and after the last one of JavaScript; where an entry of KeePass has one. */
const impossibleDates = ['not:a date', '0001-01-01T00:00:00Z', '999999999-01-01T00:00:00Z'].flatMap((date) =>
  ['CreationTime', 'ExpiryTime'].map((tag) => [tag, date] as const),
)

const datedKdbx = ([tag, date]: readonly [tag: string, date: string]): Promise<Uint8Array> =>
  kdbxOf((xml) =>
    xml
      .replaceAll(new RegExp(`<${tag}>[^<]*`, 'g'), `<${tag}>${date}`)
      .replaceAll('<Expires>False', `<Expires>${tag === 'ExpiryTime' ? 'True' : 'False'}`),
  )

const datedExport = {
  clawkeep: 'export',
  version: 1,
  exportedAtMs: 0,
  items: [-1e300, 1e300, -1, 1.5, 0, 253_402_300_800_000].map((createdAtMs, at) => ({
    kind: 'login',
    name: `dated ${at}`,
    hosts: [],
    userName: 'u',
    secret: 'p',
    notes: '',
    totp: '',
    fields: [],
    tags: [],
    favourite: false,
    createdAtMs,
    updatedAtMs: createdAtMs,
    expiresAtMs: null,
    rotateByMs: null,
    files: [],
  })),
}
