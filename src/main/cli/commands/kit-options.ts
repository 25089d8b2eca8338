import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError, toWireError } from '../../../shared/app-error.ts'
import { Paper } from '../../../shared/models/kit.ts'
import { callCore, type CoreLink } from '../core-link.ts'
import { plain } from '../table.ts'

export const kitHelp = 'write the recovery words as a PDF to print, instead of showing them'
export const paperHelp = `${Paper.options.join(' or ')}: the sheet of the PDF`

/** What the person said about the sheet with the words. */
export type KitOptions = { readonly kit?: string; readonly paper: string }
type Kit = { readonly path: string; readonly paper: Paper }

/** Null for words that are shown. Throws AppError invalid, conflict: before there are new words that would be shown nowhere. */
export function readKitOptions({ kit, paper }: KitOptions): Kit | null {
  const sheet = Paper.safeParse(paper)
  if (!sheet.success) throw new AppError('invalid', `“${plain(paper)}” is no sheet.`, { hint: `Use ${paperHelp}.` })
  if (kit === undefined) return null
  const path = resolve(kit)
  if (existsSync(path))
    throw new AppError('conflict', `There is a file ${plain(path)} already.`, {
      hint: 'Choose another name; nothing was done.',
    })
  return { path, paper: sheet.data }
}

/** Gives the words to the person, in a file or on the screen: there too when the file could not be written, as they exist nowhere else. */
export async function handOver(
  link: CoreLink,
  kit: Kit | null,
  recoveryWords: string,
): Promise<{ value: Readonly<Record<string, string>>; text: string }> {
  if (kit === null) return { value: { recoveryWords }, text: wordList(recoveryWords) }
  try {
    await callCore(link, 'kit.file', { words: recoveryWords, ...kit })
    return {
      value: { kit: kit.path },
      text: `The recovery words are in ${plain(kit.path)}. Print it, keep the sheet, and delete the file.`,
    }
  } catch (error) {
    process.exitCode = 1
    const { message } = toWireError(error)
    return {
      value: { recoveryWords, problem: message },
      text: `No PDF was written. ${message}\n\n${wordList(recoveryWords)}`,
    }
  }
}

/** The words in four columns, each with its place. */
function wordList(recoveryWords: string): string {
  const numbered = recoveryWords.split(' ').map((word, at) => `${String(at + 1).padStart(4)}. ${word.padEnd(10)}`)
  const rows = [0, 1, 2, 3, 4, 5].map((row) =>
    numbered
      .filter((_, at) => at % 6 === row)
      .join('')
      .trimEnd(),
  )
  return [
    'Recovery words: with them a forgotten password can be replaced. They are shown this once.',
    'Write them on paper, in this order, and keep it where you keep what must not be lost or found.',
    '',
    ...rows,
    '',
    'Without the password and without these words nobody can open the vault.',
  ].join('\n')
}
