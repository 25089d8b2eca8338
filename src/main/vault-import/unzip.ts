import { unzipSync } from 'fflate'
import { AppError } from '../../shared/app-error.ts'
import { caps } from './caps.ts'
import { unreadable } from './refusals.ts'

/**
 * The files of a zip by name, unpacked in memory. Refused as a whole: names that lead out of a folder, two files of one name, too
 * many, and what unpacks to more than an export ever does. What a file claims to unpack to is also the most it gets.
 * Throws AppError refused, too_large, invalid.
 */
export function unzip(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const seen = new Set<string>()
  let unpacked = 0
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (seen.has(name) || isSlip(name))
          throw new AppError('refused', 'This zip holds file names that no export has.', {
            hint: 'It was made to write where it should not. Nothing was read.',
          })
        seen.add(name)
        unpacked += originalSize
        const dense = originalSize > caps.zipRatioFromBytes && originalSize > size * caps.zipRatio
        if (dense || unpacked > caps.unpackedBytes || seen.size > caps.zipFiles)
          throw new AppError('too_large', 'This zip unpacks to more than an export holds.', {
            hint: 'Export in parts, or without the files.',
          })
        return !name.endsWith('/')
      },
    })
    return new Map(Object.entries(files))
  } catch (error) {
    throw error instanceof AppError ? error : unreadable('This zip')
  }
}

/** Also `__proto__`, which a plain object of files would take for something else. */
function isSlip(name: string): boolean {
  return (
    name.length > 1000 ||
    /^[/\\]|^[A-Za-z]:|\\|\p{Cc}/u.test(name) ||
    name.split('/').some((part) => part === '..' || part === '__proto__')
  )
}

/** The last part of a path in a zip. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
