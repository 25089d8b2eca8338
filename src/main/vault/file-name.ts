import { AppError } from '../../shared/app-error.ts'

const longestName = 255
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * The name of a file as it is kept: its last part, without what a file system or a reader could take for something else. Throws AppError
 * invalid for a name that is none.
 */
export function checkFileName(given: string): string {
  const name = (given.split(/[/\\]/).at(-1) ?? '')
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '_')
    .replace(/[. ]+$/, '')
    .trim()
  if (name !== '' && name !== '.' && name !== '..' && [...name].length <= longestName && name.isWellFormed())
    return reserved.test(name) ? `_${name}` : name
  throw new AppError('invalid', 'The file needs a name of at most 255 characters.', {
    hint: 'Rename it and try again.',
  })
}
