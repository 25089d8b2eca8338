import { AppError } from '../../shared/app-error.ts'
import { caps } from './caps.ts'

/**
 * The text of a file: UTF-8, or UTF-16 with its mark. Anything else is refused and not guessed: a guess would put wrong letters
 * into passwords. Throws AppError too_large, invalid.
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > caps.textBytes)
    throw new AppError('too_large', `The text is larger than ${caps.textBytes / 1024 / 1024} MiB.`, {
      hint: 'Export it in parts.',
    })
  const text = decode(bytes)
  if (text.includes('\0'))
    throw new AppError('invalid', 'There are NUL characters in this text.', {
      hint: 'It may be UTF-16 without its mark, or no text at all. Save it as UTF-8.',
    })
  return text
}

function decode(bytes: Uint8Array): string {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
  if (wide === null && looksWide(bytes))
    throw new AppError('invalid', 'This text is UTF-16 without its mark.', { hint: 'Save it as UTF-8.' })
  try {
    // It drops the mark of UTF-8 as well.
    return new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw wide === null
      ? new AppError('invalid', 'This text is not UTF-8. It looks like Latin-1 or Windows-1252.', {
          hint: 'Save it as UTF-8: read as it is, letters in passwords would come out wrong.',
        })
      : new AppError('invalid', 'This text begins like UTF-16 and is not.', { hint: 'Save it as UTF-8.' })
  }
}

/** Every other byte of the beginning is 0. */
function looksWide(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 64)
  if (head.length < 4) return false
  const zeros = [0, 0]
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  return Math.max(...zeros) > head.length / 4 && Math.min(...zeros) === 0
}
