import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Vault } from '../../../src/main/vault/vault.ts'
import { codeOf } from '../../support/error-code.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'

let test: TestVault
let vault: Vault

beforeAll(async () => {
  test = await createTestVault()
  vault = test.vault
})
afterAll(() => test.cleanup())

describe('records', () => {
  it('give back JSON values by kind and id, also after a restart', async () => {
    vault.records.put('approval', 'apr_1', { state: 'pending', deep: [1, { a: null }] })
    vault.records.put('approval', 'apr_2', 'text')
    vault.records.put('grant', 'apr_1', 7)
    vault.records.put('approval', 'apr_2', false)
    vault = test.reopen()
    await vault.unlock(test.password)
    expect(vault.records.get('approval', 'apr_1')).toEqual({ state: 'pending', deep: [1, { a: null }] })
    expect(vault.records.get('grant', 'apr_1')).toBe(7)
    expect(vault.records.list('approval').toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: 'apr_1', value: { state: 'pending', deep: [1, { a: null }] } },
      { id: 'apr_2', value: false },
    ])
    expect(vault.records.get('approval', 'apr_3')).toBeUndefined()
    expect(vault.records.list('nothing')).toEqual([])
  })

  it('cannot be changed through what was read', () => {
    vault.records.put('policy', 'current', { rules: ['a'] })
    const read = vault.records.get('policy', 'current') as { rules: string[] }
    read.rules.push('allow everything')
    expect(vault.records.get('policy', 'current')).toEqual({ rules: ['a'] })
  })

  it('write many in one transaction: put, put again, removed', () => {
    vault.records.put('batch', 'old', 1)
    vault.records.putAll([
      { kind: 'batch', id: 'a', value: 1 },
      { kind: 'batch', id: 'a', value: 2 },
      { kind: 'batch', id: 'b', value: 1 },
      { kind: 'batch', id: 'b', value: undefined },
      { kind: 'batch', id: 'old', value: undefined },
      { kind: 'batch', id: 'never', value: undefined },
    ])
    expect(vault.records.list('batch')).toEqual([{ id: 'a', value: 2 }])
  })

  it('write none when one of them cannot be written', () => {
    const batch = [
      { kind: 'batch', id: 'x', value: 1 },
      { kind: 'batch', id: 'x', value: 1n },
    ]
    expect(() => vault.records.putAll(batch)).toThrow(TypeError)
    expect(() => vault.records.putAll([{ kind: 'batch', id: 'x', value: 1, clear: { bad: Number.NaN } }])).toThrow(
      TypeError,
    )
    expect(vault.records.get('batch', 'x')).toBeUndefined()
  })

  it.each([
    ['Grant', 'a'],
    ['a/b', 'a'],
    ['', 'a'],
    ['grant', ''],
    ['grant', 'x'.repeat(201)],
    ['grant', '\ud800'],
  ])('refuse the kind %j with the id %j', (kind, id) => {
    expect(() => vault.records.put(kind, id, 1)).toThrow(TypeError)
  })

  it('keep kinds and ids apart that look alike when joined', () => {
    vault.records.put('a', 'b/c', 1)
    vault.records.put('a.b', 'c', 2)
    expect([vault.records.get('a', 'b/c'), vault.records.get('a.b', 'c')]).toEqual([1, 2])
  })

  it('show their clear part while locked, and nothing else', async () => {
    vault.records.put('api-key', 'key_1', { name: 'claude' }, { hash: 'ff', expiresAtMs: 5 })
    vault.records.put('api-key', 'key_2', { name: 'cursor' })
    vault.lock()
    expect(vault.records.listClear('api-key')).toEqual([{ id: 'key_1', clear: { hash: 'ff', expiresAtMs: 5 } }])
    expect(codeOf(() => vault.records.get('api-key', 'key_1'))).toBe('locked')
    await vault.unlock(test.password)
    expect(vault.records.get('api-key', 'key_1')).toEqual({ name: 'claude' })
  })
})

describe('the inbox', () => {
  it('takes what arrives while locked, and only the unlocked vault reads it', async () => {
    vault.lock()
    const sealed = vault.inbox.seal(Buffer.from('a question'))
    expect(sealed.includes('a question')).toBe(false)
    expect(vault.inbox.seal(Buffer.from('a question'))).not.toEqual(sealed)
    expect(codeOf(() => vault.inbox.open(sealed))).toBe('locked')
    vault = test.reopen()
    await vault.unlock(test.password)
    expect(vault.inbox.open(sealed).toString()).toBe('a question')
    expect(vault.inbox.open(vault.inbox.seal(Buffer.alloc(0)))).toHaveLength(0)
  })

  it('refuses anything that was changed, cut or made up', () => {
    const sealed = vault.inbox.seal(Buffer.from('x'))
    for (let index = 0; index < sealed.length; index += 1) {
      const flipped = Buffer.from(sealed)
      flipped[index] = (flipped[index] ?? 0) ^ 1
      // The top bit of an X25519 public key is ignored by the curve (RFC 7748), but it is bound in the key derivation.
      expect(
        codeOf(() => vault.inbox.open(flipped)),
        `byte ${index}`,
      ).toBe('damaged')
    }
    for (const length of [0, 1, 33, 60, sealed.length - 1]) {
      expect(codeOf(() => vault.inbox.open(sealed.subarray(0, length)))).toBe('damaged')
    }
    const zeroPoint = Buffer.concat([Buffer.of(1), Buffer.alloc(32), sealed.subarray(33)])
    expect(codeOf(() => vault.inbox.open(zeroPoint))).toBe('damaged')
  })
})
