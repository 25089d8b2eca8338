import { closeSync, openSync, readSync } from 'node:fs'
import { isatty } from 'node:tty'
import { AppError } from '../../shared/app-error.ts'
import { Interrupted } from './interrupt.ts'

const maxFileBytes = 4 * 1024 * 1024
const pipeWaitMs = 10

let standardInputIsRead = false

/** A file as a person calls it; `-` is standard input. */
export function nameOfFile(file: string): string {
  return file === '-' ? 'Standard input' : file
}

/** The whole text of a file, or of standard input for `-`. Throws AppError with the path, never with the content. */
export function readTextFile(file: string): string {
  let opened: number | null = null
  try {
    if (file !== '-') opened = openSync(file, 'r')
    const bytes = readUpTo(opened ?? takeStandardInput(), maxFileBytes)
    if (bytes === null)
      throw new AppError('too_large', `${nameOfFile(file)} is larger than 4 MiB.`, { hint: 'Use a smaller file.' })
    return decode(bytes, file)
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new AppError('not_found', `There is no file ${file}.`, { hint: 'Check the path.' })
    if (code === 'EACCES')
      throw new AppError('no_permission', `${file} may not be read.`, { hint: 'Check who owns it.' })
    throw new AppError('unavailable', `${nameOfFile(file)} could not be read.`, {
      hint: code === 'EISDIR' ? 'It is a folder.' : 'Check that it is a file with text.',
      cause: error,
    })
  } finally {
    if (opened !== null) closeSync(opened)
  }
}

/**
 * Bytes that are no UTF-8 would each become the same character: another password would open the vault, and a binary key would be
 * kept as something else. The mark that some editors put first is not part of the text.
 */
function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new AppError('invalid', `${nameOfFile(file)} is not UTF-8 text.`, {
      hint: 'Save it as UTF-8. Bytes that are no text can be kept as an attached file: clawkeep item attach.',
    })
  }
}

/** Null when there is more than that. Its size is not asked: a pipe has none, and a device has no end. */
function readUpTo(handle: number, mostBytes: number): Buffer | null {
  const parts: Buffer[] = []
  for (let bytes = 0; ;) {
    const part = Buffer.alloc(64 * 1024)
    const read = readWhenThere(handle, part)
    if (read === 0) return Buffer.concat(parts)
    bytes += read
    if (bytes > mostBytes) return null
    parts.push(part.subarray(0, read))
  }
}

/** A pipe that somebody made non-blocking, another program at its end may have, says that nothing is there yet. */
function readWhenThere(handle: number, part: Buffer): number {
  for (;;) {
    try {
      return readSync(handle, part)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      // For as long as a blocking one would: Ctrl-C ends it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pipeWaitMs)
    }
  }
}

/** It has one content: what the value was read from must not be taken for the password as well. */
function takeStandardInput(): number {
  if (standardInputIsRead) {
    throw new AppError('invalid', 'Standard input can be read for one thing only.', {
      hint: 'Use a file for the other.',
    })
  }
  standardInputIsRead = true
  return 0
}

/** A secret from a file: one line end at the end is not part of it. */
export function readSecretFile(file: string): string {
  return readTextFile(file).replace(/\r?\n$/, '')
}

/**
 * The vault password: from `--password-file`, else asked at the terminal without echo. Never from argv or the environment,
 * where other programs can see it.
 */
export async function readPassword(file: string | undefined, question = 'Vault password: '): Promise<string> {
  if (file !== undefined) return readPasswordFile(file)
  return readHiddenLine(
    question,
    new AppError('wrong_password', 'The vault password is needed and there is no terminal to ask at.', {
      hint: 'Use --password-file FILE, or --password-file - to read it from standard input.',
    }),
  )
}

function readPasswordFile(file: string): string {
  const password = readSecretFile(file)
  if (password !== '') return password
  throw new AppError('invalid', `${nameOfFile(file)} is empty.`, { hint: 'The password must stand in it.' })
}

/** A new password: asked for twice at a terminal, once from a file. Throws AppError invalid when the two differ. */
export async function readNewPassword(file: string | undefined, question = 'New vault password: '): Promise<string> {
  const password = await readPassword(file, question)
  if (file === undefined && (await readPassword(undefined, 'The same again: ')) !== password) {
    throw new AppError('invalid', 'The two passwords differ.', { hint: 'Try again.' })
  }
  return password
}

/** Whether a person can answer. `process.stdin` is not touched for that: it would make a pipe, which a secret may come from, non-blocking. */
export function hasTerminal(): boolean {
  return isatty(0)
}

/** One line that is typed at the terminal without echo; throws `otherwise` where there is no terminal. */
export async function readHiddenLine(question: string, otherwise: AppError): Promise<string> {
  if (!hasTerminal()) throw otherwise
  return askHidden(question)
}

function askHidden(question: string): Promise<string> {
  const input = process.stdin
  // Before the question is there: what is typed as an answer to it must not be shown.
  input.setRawMode(true)
  process.stderr.write(question)
  input.resume()
  input.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = (finish: () => void): void => {
      input.off('data', onData)
      input.setRawMode(false)
      input.pause()
      process.stderr.write('\n')
      finish()
    }
    const onData = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(() => resolve(typed))
        if (character === '\u0003' || character === '\u0004') return end(() => reject(new Interrupted('Cancelled.')))
        typed = afterKey(typed, character)
      }
    }
    input.on('data', onData)
  })
}

/**
 * What is typed after one more key: Ctrl-U takes all of it away, as in a line that is shown, and backspace takes what is one
 * character to a person, of however many code points it consists.
 */
export function afterKey(typed: string, key: string): string {
  if (key === '\u0015') return ''
  if (key !== '\u007f' && key !== '\b') return typed + key
  const last = [...new Intl.Segmenter().segment(typed)].at(-1)
  return typed.slice(0, last?.index ?? 0)
}
