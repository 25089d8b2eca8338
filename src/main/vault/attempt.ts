import type { AppError } from '../../shared/app-error.ts'
import { checksumHolds, damagedHeader, type Header } from './header.ts'
import type { OpenedSlot } from './slot-seal.ts'
import type { Throttle } from './throttle.ts'

/**
 * One try to open a slot, under the limit that all tries share. `open` gives null when what was typed opens no slot: then
 * `wrong` is thrown, or AppError damaged when the header is not as it was written. The vault key is the caller's.
 */
export async function attempt(
  throttle: Throttle,
  header: Header,
  open: () => OpenedSlot | null | Promise<OpenedSlot | null>,
  wrong: () => AppError,
): Promise<OpenedSlot> {
  throttle.begin()
  try {
    const slot = await open()
    if (slot === null) throw checksumHolds(header) ? wrong() : damagedHeader()
    throttle.succeed()
    return slot
  } catch (error) {
    throttle.fail()
    throw error
  }
}
