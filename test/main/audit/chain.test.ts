import { createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  appendLeaf,
  decodeFrontier,
  encodeFrontier,
  hmacSha256,
  leafCount,
  leafHash,
  nextKey,
  rootOf,
  type Frontier,
} from '../../../src/main/audit/chain.ts'

/** The eight leaves and their tree heads of Google's Certificate Transparency code (merkle_tree_test.cc), used by RFC 6962 logs. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const heads = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** MTH of RFC 6962 section 2.1, written as the definition is. */
function treeHash(hashes: ReadonlyArray<Buffer>): Buffer {
  const [only] = hashes
  if (only !== undefined && hashes.length === 1) return only
  let split = 1
  while (split * 2 < hashes.length) split *= 2
  const left = treeHash(hashes.slice(0, split))
  const right = treeHash(hashes.slice(split))
  return rootOf([
    { height: 1, hash: left },
    { height: 0, hash: right },
  ])
}

describe('the tree', () => {
  test('the empty tree is the hash of nothing', () => {
    expect(rootOf([]).toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  test('its heads are those of the known RFC 6962 tree', () => {
    let frontier: Frontier = []
    const roots = leaves.map((leaf) => {
      frontier = appendLeaf(frontier, leafHash(Buffer.from(leaf, 'hex')))
      return rootOf(frontier).toString('hex')
    })
    expect(roots).toEqual(heads)
  })

  test('for every size up to 130 it is what the definition says, also after its frontier went through bytes', () => {
    let frontier: Frontier = []
    const hashes: Buffer[] = []
    for (let size = 1; size <= 130; size++) {
      hashes.push(leafHash(String(size)))
      const known = decodeFrontier(encodeFrontier(frontier))
      frontier = appendLeaf(known ?? [], leafHash(String(size)))
      expect(leafCount(frontier)).toBe(size)
      expect(rootOf(frontier).equals(treeHash(hashes))).toBe(true)
    }
  })

  test('bytes that are no frontier are refused', () => {
    const node = (height: number) => Buffer.concat([Buffer.of(height), Buffer.alloc(32)])
    for (const bytes of [
      Buffer.alloc(5),
      node(60),
      Buffer.concat([node(1), node(1)]),
      Buffer.concat([node(1), node(2)]),
    ]) {
      expect(decodeFrontier(bytes)).toBeNull()
    }
  })
})

describe('the chain', () => {
  test('its MAC is HMAC-SHA-256: RFC 4231, test cases 1 and 2, keys padded with zeros as HMAC does', () => {
    const padded = (key: Buffer) => Buffer.concat([key, Buffer.alloc(32 - key.length)])
    expect(hmacSha256(padded(Buffer.alloc(20, 0x0b)), Buffer.from('Hi There')).toString('hex')).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    )
    expect(hmacSha256(padded(Buffer.from('Jefe')), Buffer.from('what do ya want for nothing?')).toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  test('its MAC is that of node:crypto for full-length keys', () => {
    for (let length = 0; length < 200; length += 7) {
      const key = Buffer.alloc(32, length + 1)
      const message = Buffer.alloc(length, 0x5a)
      expect(hmacSha256(key, message).equals(createHmac('sha256', key).update(message).digest())).toBe(true)
    }
  })

  test('its next key is the HKDF-Expand of RFC 5869 under the label of the chain', () => {
    // hkdfSync is extract then expand; extracting with the salt s gives HMAC(s, key), so the same is asked of nextKey.
    const key = Buffer.alloc(32, 7)
    const salt = Buffer.alloc(32, 9)
    const extracted = createHmac('sha256', salt).update(key).digest()
    const expected = Buffer.from(hkdfSync('sha256', key, salt, 'clawkeep/audit/chain/1', 32))
    expect(nextKey(extracted).equals(expected)).toBe(true)
  })
})
