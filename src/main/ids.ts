import { randomFillSync } from 'node:crypto'

type IdPrefix =
  | 'itm'
  | 'fld'
  | 'fil'
  | 'fjb'
  | 'key'
  | 'apr'
  | 'grt'
  | 'ast'
  | 'op'
  | 'seg'
  | 'rec'
  | 'slt'
  | 'tsk'
  | 'vlt'
  | 'sgn'
  | 'con'
  | 'ans'
  | 'arc'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const idLength = 20

/** Asked for in one go: a question to the system for every id is a good part of what an audited call costs. */
const pool = Buffer.alloc(idLength * 200)
let used = pool.length

/** A new random id of 100 bits, such as `itm_5x2k…`; the prefix says what it names. Not a secret. */
export function newId(prefix: IdPrefix): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  let id = `${prefix}_`
  for (const end = used + idLength; used < end; used++) id += alphabet[(pool[used] as number) & 31]
  return id
}
