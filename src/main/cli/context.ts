import type { Command } from 'commander'
import { homeFolder } from '../home.ts'
import { type CoreLink, together } from './core-link.ts'
import { readPassword } from './read-input.ts'

/** A result, for `Context.print`. */
type Result = readonly [value: unknown, words: string]

/** What every command gets from the global options. */
export type Context = CoreLink & {
  /** Prints one result: the value itself with `--json`, else the words for a person. */
  readonly print: (value: unknown, words: string) => void
}

/** Reads `--home`, `--json` and `--password-file` of the command; the password is asked for once at most. */
export function contextOf(command: Command): Context {
  const { home, json, passwordFile } = command.optsWithGlobals<{
    home?: string
    json?: boolean
    passwordFile?: string
  }>()
  let asked: Promise<string> | null = null
  return {
    home: homeFolder(home),
    password: () => (asked ??= readPassword(passwordFile)),
    print: (value, words) => {
      process.stdout.write(`${json === true ? JSON.stringify(value) : words}\n`)
    },
  }
}

/** Makes the calls of one command `together`, and prints what they come to when the vault is as it was. */
export async function printTogether(context: Context, run: (link: Context) => Promise<Result>): Promise<void> {
  context.print(...(await together(context, run)))
}
