import type { Command } from 'commander'
import { AppError } from '../../../shared/app-error.ts'
import {
  characterClasses,
  type Generated,
  generatePassword,
  generatePhrase,
  loadWords,
  passwordLengths,
  phraseWords,
} from '../../../shared/generate.ts'
import { loadJudge } from '../../../shared/strength.ts'
import { contextOf } from '../context.ts'
import { parseWholeNumber } from '../whole-number.ts'

type Options = {
  readonly length?: number
  readonly words?: number
  readonly lower: boolean
  readonly upper: boolean
  readonly digits: boolean
  readonly symbols: boolean
  readonly avoidLookAlikes?: true
  readonly separator?: string
  readonly capitals?: true
  readonly digit?: true
}

/** `generate`: a new password or passphrase; needs no vault, and keeps nothing. */
export function addGenerateCommand(program: Command): void {
  program
    .command('generate')
    .description('make a password, or with --words a passphrase; only it goes to standard output')
    .option('--length <n>', `characters, ${passwordLengths.min} to ${passwordLengths.max}`, numberFor('--length'))
    .option('--no-lower', 'without small letters')
    .option('--no-upper', 'without capital letters')
    .option('--no-digits', 'without digits')
    .option('--no-symbols', 'without symbols')
    .option('--avoid-look-alikes', 'without I, l, 1, O, o and 0')
    .option(
      '--words <n>',
      `a passphrase of so many words, ${phraseWords.min} to ${phraseWords.max}`,
      numberFor('--words'),
    )
    .option('--separator <text>', 'between the words (default -)')
    .option('--capitals', 'begin each word with a capital')
    .option('--digit', 'put a digit behind one word')
    .action(async (options: Options, command: Command) => {
      const made = await generate(options)
      const { score } = (await loadJudge())(made.value)
      const bits = Math.floor(made.bits)
      contextOf(command).print({ value: made.value, bits, score }, made.value)
      if (process.stderr.isTTY) process.stderr.write(`${bits} bits\n`)
    })
}

async function generate(options: Options): Promise<Generated> {
  const { length, words, separator, capitals = false, digit = false } = options
  const phraseOnly = separator !== undefined || capitals || digit
  if (words === undefined && !phraseOnly)
    return generatePassword({
      length: length ?? passwordLengths.usual,
      classes: characterClasses.filter((name) => options[name]),
      withoutLookAlikes: options.avoidLookAlikes === true,
    })
  const passwordOnly =
    length !== undefined || options.avoidLookAlikes === true || characterClasses.some((name) => !options[name])
  if (words === undefined || passwordOnly)
    throw new AppError('invalid', 'These options are for a password and for a passphrase.', {
      hint: 'Give --words and what belongs to it, or the rest.',
    })
  return generatePhrase(await loadWords(), { words, separator: separator ?? '-', capitals, digit })
}

function numberFor(option: string): (text: string) => number {
  return (text) => parseWholeNumber(text, option)
}
