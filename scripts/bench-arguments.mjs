// What `npm run bench` is told: which benchmarks to run, with which options.

import { SetupError } from './run.mjs'

/** Every benchmark, in order, with what it needs set up and the options it takes itself. */
export const benches = {
  mcp: { needs: [], options: {} },
  load: { needs: [], options: { minutes: 'how long its 64 clients call (10 without it)' } },
  unlock: { needs: [], options: {} },
  vault: { needs: [], options: {} },
  files: { needs: [], options: {} },
  start: { needs: ['window'], options: {} },
  approval: { needs: ['window'], options: {} },
  container: { needs: ['engine'], options: {} },
  memory: { needs: ['window'], options: {} },
}

/** What `npm run bench -- --help` says. */
export function benchUsage() {
  const takes = ({ options }) => Object.entries(options).map(([option, meaning]) => `--${option} N: ${meaning}`)
  return [
    'npm run bench [name…] [--option N…]   one JSON line for each figure; without a name all of them run, which takes long',
    ...Object.entries(benches).map(([name, bench]) => `  ${[name.padEnd(9), ...takes(bench)].join('  ').trimEnd()}`),
  ].join('\n')
}

/**
 * Reads the arguments. npm keeps an option for itself when no `--` stands before it, and leaves it in the environment: the value
 * of `--minutes=1`, or "true" for `--minutes 1`, whose number is then among the names.
 * Throws a SetupError with the usage for what it does not know.
 * @returns {{ help: boolean, names: string[], argsOf: (name: string) => string[] }}
 */
export function readBenchArguments(args, env = process.env) {
  const words = [...args]
  const given = {}
  const names = []
  const known = new Set(Object.values(benches).flatMap(({ options }) => Object.keys(options)))
  for (const option of known) {
    const kept = env[`npm_config_${option}`]
    if (kept === undefined || words.includes(`--${option}`)) continue
    const at = kept === 'true' ? words.findIndex((word) => /^[\d.]+$/.test(word)) : -1
    given[option] = at === -1 ? kept : words.splice(at, 1)[0]
  }
  while (words.length > 0) {
    const word = words.shift()
    if (word === '--help' || word === '-h') return { help: true, names: [], argsOf: () => [] }
    if (!word.startsWith('-')) names.push(word)
    else {
      const [option, value] = word.slice(2).split('=', 2)
      if (!known.has(option)) throw new SetupError(`There is no option "${word}".\n${benchUsage()}`)
      given[option] = value ?? words.shift()
    }
  }
  const unknown = names.find((name) => !Object.hasOwn(benches, name))
  if (unknown !== undefined) throw new SetupError(`There is no benchmark "${unknown}".\n${benchUsage()}`)
  const chosen = names.length > 0 ? names : Object.keys(benches)
  for (const [option, value] of Object.entries(given)) {
    if (!(Number(value) > 0)) throw new SetupError(`--${option} wants a number above 0.\n${benchUsage()}`)
    if (!chosen.some((name) => option in benches[name].options))
      throw new SetupError(`None of ${chosen.join(', ')} takes --${option}.\n${benchUsage()}`)
  }
  const argsOf = (name) =>
    Object.entries(given).flatMap(([option, value]) => (option in benches[name].options ? [`--${option}`, value] : []))
  return { help: false, names: chosen, argsOf }
}
