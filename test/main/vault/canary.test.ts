import { afterAll, describe, expect, it } from 'vitest'
import { filesIn, formsOf, type Needle, search } from '../../support/canaries.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

const canaries = {
  secret: 'canary-secret-7c1f09',
  laterSecret: 'canary-later-22ab41',
  notes: 'canary-notes-90d3aa',
  name: 'canary-name-51e2b7',
  userName: 'canary-user-3f8c6d',
  host: 'canary-host-e04b19.example',
  record: 'canary-record-b7712c',
  inbox: 'canary-inbox-45fd08',
  password: 'canary password 6e1d93',
  noteText: 'canary-note-text-2b90ce',
  fieldName: 'canary-field-name-8d1f52',
  fieldText: 'canary-field-text-c55a07',
  hidden: 'canary-hidden-field-1a7e33',
  tag: 'canary-tag-f92b60',
  seed: 'CANARYSEED2345672345672345672345',
  issuer: 'canary-issuer-77c0de',
  fileName: 'canary-file-name-41ab8f',
  fileText: 'canary-file-text-93e2d4',
} as const

let test: TestVault | undefined
afterAll(() => test?.cleanup())

const needles: ReadonlyArray<Needle> = Object.entries(canaries).map(([name, text]) => ({ name, text }))
const found = (home: string): ReadonlyArray<string> => search(filesIn(home, 'home'), needles)

describe('the files of a vault', () => {
  it('hold no plaintext after every kind of use, unlocked, locked and closed', async () => {
    test = await createTestVault()
    const { vault, home } = test

    const { id } = vault.items.add({
      kind: 'api-key',
      name: canaries.name,
      hosts: [canaries.host],
      userName: canaries.userName,
      secret: canaries.secret,
      notes: canaries.notes.repeat(50),
    })
    vault.items.reveal(id, 'secret')
    vault.items.useSecret(id, (secret) => secret.length)
    vault.items.edit(id, { secret: canaries.laterSecret })
    vault.records.put('approval', 'apr_1', { reason: canaries.record }, { state: 'pending' })
    vault.records.put('approval', 'apr_1', { reason: canaries.record.repeat(100) })
    const sealed = vault.inbox.seal(Buffer.from(canaries.inbox))
    vault.records.put('inbox', 'one', sealed.toString('base64'))
    const all = vault.items.add({
      kind: 'login',
      name: `${canaries.name} 2`,
      secret: canaries.secret,
      notes: canaries.noteText,
      totp: `otpauth://totp/${canaries.issuer}:ada?secret=${canaries.seed}&issuer=${canaries.issuer}`,
      tags: [canaries.tag],
      fields: [
        { name: canaries.fieldName, hidden: false, value: canaries.fieldText },
        { name: 'PIN', hidden: true, value: canaries.hidden },
      ],
    })
    const ssh = vault.items.add({ kind: 'ssh-key', name: 'server' })
    const privateKey = vault.items.reveal(ssh.id, 'secret').split('\n')[3] ?? ''
    vault.items.code(all.id)
    vault.items.edit(all.id, { secret: canaries.laterSecret, fields: [] })
    vault.items.history.reveal(all.id, 1, 'secret')
    const file = await vault.items.files.add(all.id, canaries.fileName, [Buffer.from(canaries.fileText.repeat(20_000))])
    for await (const piece of vault.items.files.read(file.id)) expect(piece.length).toBeGreaterThan(0)
    vault.items.remove(all.id)
    expect(found(home)).toEqual([])
    expect(privateKey).toHaveLength(70)
    expect(search(filesIn(home, 'home'), [{ name: 'a private key', text: privateKey }])).toEqual([])

    vault.lock()
    await vault.verifyPassword(canaries.password).catch(() => undefined)
    expect(found(home)).toEqual([])

    await vault.unlock(test.password)
    vault.items.remove(id)
    vault.records.remove('approval', 'apr_1')
    vault.close()
    expect(found(home)).toEqual([])
  })

  it('would be caught by this scan', () => {
    for (const needle of needles) {
      for (const [form, bytes] of formsOf(needle.text)) {
        const planted = { name: 'plant', bytes: Buffer.concat([Buffer.alloc(100, 1), bytes, Buffer.alloc(100, 2)]) }
        expect(search([planted], [needle])).toContain(`${needle.name} as ${form} in plant`)
        expect(bytes.length).toBeGreaterThan(10)
      }
    }
  })
})
