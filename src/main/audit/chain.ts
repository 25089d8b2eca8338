import { hash } from 'node:crypto'

/** Length of every hash, MAC and chain key here, in bytes. */
export const hashBytes = 32

/** What stands before the first entry in the MAC chain. */
export const chainStart: Buffer = Buffer.alloc(hashBytes)

const ratchetLabel = Buffer.from('clawkeep/audit/chain/1\u0001', 'utf8')
const commitLabel = Buffer.from('clawkeep/audit/segment-key/1', 'utf8')

/** Leaf hash of one entry: SHA-256(0x00 ‖ canonical JSON as UTF-8), RFC 6962 section 2.1. */
export function leafHash(entry: string | Buffer): Buffer {
  return hash('sha256', typeof entry === 'string' ? `\0${entry}` : Buffer.concat([Buffer.of(0), entry]), 'buffer')
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer')
}

const blockBytes = 64

/**
 * HMAC-SHA-256 (RFC 2104) with a 32-byte key, as two one-shot hashes: createHmac costs five times as much (20 µs, and
 * each entry needs two), and here the padded key can be overwritten.
 */
export function hmacSha256(key: Buffer, message: Buffer): Buffer {
  if (key.length !== hashBytes) throw new RangeError('A chain key has 32 bytes')
  const inner = Buffer.alloc(blockBytes + message.length, 0x36)
  const outer = Buffer.alloc(blockBytes + hashBytes, 0x5c)
  for (let at = 0; at < hashBytes; at++) {
    inner[at] = (key[at] ?? 0) ^ 0x36
    outer[at] = (key[at] ?? 0) ^ 0x5c
  }
  message.copy(inner, blockBytes)
  hash('sha256', inner, 'buffer').copy(outer, blockBytes)
  const mac = hash('sha256', outer, 'buffer')
  inner.fill(0)
  outer.fill(0)
  return mac
}

/** The MAC of one entry: HMAC-SHA-256(key, previous MAC ‖ leaf hash). */
export function chainMac(key: Buffer, previous: Buffer, leaf: Buffer): Buffer {
  return hmacSha256(key, Buffer.concat([previous, leaf]))
}

/**
 * The chain key of the next entry: HKDF-Expand(key, label, 32) of RFC 5869, a single HMAC at this length.
 * One way, so a key taken from memory today forges nothing written before.
 */
export function nextKey(key: Buffer): Buffer {
  return hmacSha256(key, ratchetLabel)
}

/** Binds a segment to its first key without giving it away. */
export function keyCommitment(key: Buffer): Buffer {
  return hmacSha256(key, commitLabel)
}

/** The complete subtrees of an RFC 6962 tree, left to right: all that is needed to append and to know the root. */
export type Frontier = ReadonlyArray<{ readonly height: number; readonly hash: Buffer }>

/** The frontier with one more leaf; O(log n), the given one is not changed. */
export function appendLeaf(frontier: Frontier, leaf: Buffer): Frontier {
  const next = [...frontier]
  let node = { height: 0, hash: leaf }
  for (let last = next.at(-1); last !== undefined && last.height === node.height; last = next.at(-1)) {
    next.pop()
    node = { height: node.height + 1, hash: nodeHash(last.hash, node.hash) }
  }
  next.push(node)
  return next
}

/** The Merkle tree hash (RFC 6962 section 2.1) of the leaves behind a frontier. */
export function rootOf(frontier: Frontier): Buffer {
  let root: Buffer | null = null
  for (const node of frontier.toReversed()) root = root === null ? node.hash : nodeHash(node.hash, root)
  return root ?? hash('sha256', '', 'buffer')
}

/** How many leaves stand behind a frontier. */
export function leafCount(frontier: Frontier): number {
  return frontier.reduce((sum, node) => sum + 2 ** node.height, 0)
}

/** A frontier as bytes: for each subtree one byte height and 32 bytes hash. */
export function encodeFrontier(frontier: Frontier): Buffer {
  return Buffer.concat(frontier.flatMap((node) => [Buffer.of(node.height), node.hash]))
}

/** Reads `encodeFrontier`; null for bytes that are no frontier. Whoever uses it compares `rootOf` with a signed root. */
export function decodeFrontier(bytes: Buffer): Frontier | null {
  const step = hashBytes + 1
  if (bytes.length % step !== 0) return null
  const nodes: Array<Frontier[number]> = []
  for (let at = 0; at < bytes.length; at += step) {
    const height = bytes.readUInt8(at)
    const left = nodes.at(-1)
    if (height > 52 || (left !== undefined && left.height <= height)) return null
    nodes.push({ height, hash: Buffer.from(bytes.subarray(at + 1, at + step)) })
  }
  return nodes
}
