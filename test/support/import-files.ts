import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { zipSync } from 'fflate'
import { deriveForeignKey } from '../../src/main/vault/kdf.ts'

/** Files as other programs export them, written by hand after their published forms (named in the parsers). */
export const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'))
export const json = (value: unknown): Uint8Array => utf8(JSON.stringify(value))

/** A seed of RFC 6238 test vectors, in base32. */
export const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

export const bitwarden = {
  encrypted: false,
  folders: [{ id: 'f1', name: 'Arbeit/Büro' }],
  items: [
    {
      id: 'i1',
      organizationId: null,
      folderId: 'f1',
      type: 1,
      reprompt: 0,
      name: 'GitHub 🐙',
      notes: 'línea 1\nlínea 2',
      favorite: true,
      fields: [
        { name: 'Kundennummer', value: '0815', type: 0, linkedId: null },
        { name: 'PIN', value: 'ünsichtbar', type: 1, linkedId: null },
        { name: 'ok', value: 'true', type: 2, linkedId: null },
        { name: 'linked', value: null, type: 3, linkedId: 100 },
      ],
      login: {
        uris: [
          { match: null, uri: 'https://github.com/login' },
          { match: null, uri: 'androidapp://com.github' },
        ],
        username: 'ada@example.org',
        password: 'p=ä,"ß"',
        totp: seed,
        fido2Credentials: [{}],
      },
      collectionIds: null,
      passwordHistory: [{ password: 'old', lastUsedDate: '2020-01-01T00:00:00Z' }],
      creationDate: '2021-03-04T05:06:07.890Z',
      revisionDate: '2022-03-04T05:06:07.890Z',
      deletedDate: null,
    },
    { id: 'i2', type: 2, name: 'Türcode', notes: '4711', favorite: false, secureNote: { type: 0 } },
    {
      id: 'i3',
      type: 3,
      name: 'Visa',
      card: { cardholderName: 'Ada', brand: 'Visa', number: '4111111111111111', code: '123' },
    },
    {
      id: 'i4',
      type: 5,
      name: 'Deploy',
      sshKey: { privateKey: 'PRIVATE', publicKey: 'ssh-ed25519 AAAA', keyFingerprint: 'SHA256:x' },
    },
    { id: 'i5', type: 1, name: 'Weg', login: { password: 'x' }, deletedDate: '2022-03-04T05:06:07.890Z' },
    { id: 'i6', type: 1, name: { not: 'a name' } },
  ],
} as const

type LockedKdf = {
  readonly kdfType: number
  readonly kdfIterations: number
  readonly kdfMemory?: number
  readonly kdfParallelism?: number
}

/** The password-protected export of Bitwarden. */
export async function lockedBitwarden(value: unknown, password: string, kdf: LockedKdf): Promise<Uint8Array> {
  const salt = randomBytes(16).toString('base64')
  const secret = Buffer.from(password, 'utf8')
  const master =
    kdf.kdfType === 0
      ? pbkdf2Sync(secret, salt, kdf.kdfIterations, 32, 'sha256')
      : await deriveForeignKey(secret, {
          type: 'argon2id',
          version: 0x13,
          memoryKiB: (kdf.kdfMemory ?? 0) * 1024,
          passes: kdf.kdfIterations,
          lanes: kdf.kdfParallelism ?? 1,
          salt: createHash('sha256').update(salt).digest(),
        })
  const expand = (info: string): Buffer => createHmac('sha256', master).update(info).update(Buffer.of(1)).digest()
  const sealed = (text: string): string => {
    const iv = randomBytes(16)
    const cipher = createCipheriv('aes-256-cbc', expand('enc'), iv)
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    const mac = createHmac('sha256', expand('mac')).update(iv).update(body).digest()
    return `2.${[iv, body, mac].map((part) => part.toString('base64')).join('|')}`
  }
  return json({
    encrypted: true,
    passwordProtected: true,
    salt,
    ...kdf,
    encKeyValidation_DO_NOT_EDIT: sealed('a random id'),
    data: sealed(JSON.stringify(value)),
  })
}

export const onePasswordData = {
  accounts: [
    {
      attrs: {
        accountName: 'Ada',
        name: 'Ada',
        avatar: '',
        email: 'ada@example.org',
        uuid: 'A',
        domain: 'https://my.1password.com/',
      },
      vaults: [
        {
          attrs: { uuid: 'V', desc: '', avatar: '', name: 'Privé', type: 'P' },
          items: [
            {
              uuid: 'fkruyzrldvizuqlnavfj3gltfe',
              favIndex: 1,
              createdAt: 1614298956,
              updatedAt: 1635346445,
              state: 'active',
              categoryUuid: '001',
              details: {
                loginFields: [
                  {
                    value: 'most-secure-password-ever!',
                    id: '',
                    name: 'password',
                    fieldType: 'P',
                    designation: 'password',
                  },
                  { value: 'zoë', id: '', name: 'username', fieldType: 'T', designation: 'username' },
                  { value: 'on', id: 'remember', name: 'remember', fieldType: 'C', designation: '' },
                ],
                notesPlain: 'Cette note',
                sections: [
                  {
                    title: 'Security',
                    name: 'Section_1',
                    fields: [
                      { title: 'PIN', id: 'CCEF', value: { concealed: '12345' }, indexAtSource: 0 },
                      {
                        title: 'one-time password',
                        id: 'TOTP_1',
                        value: { totp: `otpauth://totp/x?secret=${seed}` },
                        indexAtSource: 1,
                      },
                      { title: 'born', id: 'd', value: { date: 1614298956 } },
                      { title: 'until', id: 'm', value: { monthYear: 202701 } },
                      { title: 'mail', id: 'e', value: { email: { email_address: 'z@example.org', provider: null } } },
                      {
                        title: 'scan',
                        id: 'f',
                        value: { file: { fileName: 'scan.txt', documentId: 'doc1', decryptedSize: 5 } },
                      },
                    ],
                  },
                ],
                passwordHistory: [{ value: 'old', time: 1 }],
              },
              overview: {
                subtitle: '',
                urls: [
                  { label: 'website', url: 'https://www.dropbox.com/' },
                  { label: '', url: 'https://dropbox.example' },
                ],
                title: 'Dropbox',
                url: 'https://www.dropbox.com/',
                ps: 100,
                tags: ['tools', 'wölke'],
              },
            },
            {
              uuid: 'u2',
              favIndex: 0,
              createdAt: 1614298956,
              updatedAt: 1635346445,
              state: 'archived',
              categoryUuid: '112',
              details: {
                loginFields: [],
                notesPlain: '',
                sections: [
                  { title: '', fields: [{ title: 'credential', id: 'credential', value: { concealed: 'sk-123' } }] },
                ],
                passwordHistory: [],
              },
              overview: { title: 'API', url: '', tags: [] },
            },
            {
              uuid: 'u3',
              categoryUuid: '006',
              state: 'active',
              details: { documentAttributes: { fileName: 'lost.pdf', documentId: 'doc2', decryptedSize: 1 } },
              overview: { title: 'Document' },
            },
          ],
        },
      ],
    },
  ],
}

export function onePassword(data: unknown = onePasswordData): Uint8Array {
  return zipSync({
    'export.attributes': json({ version: 3, description: '1Password Unencrypted Export', createdAt: 1 }),
    'export.data': json(data),
    'files/doc1__scan.txt': utf8('hällo'),
  })
}

export const proton = {
  version: '1.31.0',
  userId: '',
  encrypted: false,
  vaults: {
    s1: {
      name: 'Persönlich',
      description: '',
      display: {},
      items: [
        {
          itemId: 'a',
          shareId: 's1',
          data: {
            metadata: { name: 'Forum', note: 'niño', itemUuid: 'u' },
            extraFields: [
              { fieldName: 'second', type: 'totp', data: { totpUri: 'otpauth://totp/y?secret=MFRGG' } },
              { fieldName: 'hint', type: 'text', data: { content: 'tip' } },
              { fieldName: 'pin', type: 'hidden', data: { content: '99' } },
            ],
            type: 'login',
            content: {
              itemEmail: 'ada@example.org',
              itemUsername: 'ada',
              password: 'pw',
              urls: ['https://forum.example.org/x'],
              totpUri: `otpauth://totp/x?secret=${seed}`,
              passkeys: [],
            },
          },
          state: 1,
          aliasEmail: null,
          contentFormatVersion: 6,
          createTime: 1689182868,
          modifyTime: 1689182869,
          pinned: true,
          files: ['plan.txt'],
        },
        {
          itemId: 'b',
          data: { metadata: { name: 'Gone', note: '' }, extraFields: [], type: 'note', content: {} },
          state: 2,
        },
        {
          itemId: 'c',
          data: {
            metadata: { name: 'Card', note: '' },
            extraFields: [],
            type: 'creditCard',
            content: {
              cardholderName: 'Ada',
              number: '4242',
              verificationNumber: '1',
              expirationDate: '2027-01',
              pin: '',
            },
          },
          state: 1,
        },
      ],
    },
  },
}

export const protonZip = (): Uint8Array =>
  zipSync({ 'Proton Pass/data.json': json(proton), 'Proton Pass/files/plan.txt': utf8('secret plan') })
