import { randomBytes } from 'node:crypto'

type IdPrefix =
  | 'itm'
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

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const idLength = 20

/** A new random id of 100 bits, such as `itm_5x2k…`; the prefix says what it names. */
export function newId(prefix: IdPrefix): string {
  let id = `${prefix}_`
  for (const byte of randomBytes(idLength)) id += alphabet[byte & 31]
  return id
}
