/** Switches that let another program read or steer the process: debuggers, and flags that change the JavaScript engine. */
const steering = [
  'remote-debugging',
  'remote-allow-origins',
  'js-flags',
  'inspect',
  'debug',
  'gpu-launcher',
  'renderer-cmd-prefix',
  'load-extension',
]

/** The first argument that would open a packaged app to a debugger; null when there is none. */
export function findSteeringSwitch(argv: ReadonlyArray<string>): string | null {
  const found = argv.find((argument) => {
    const name = /^--?([a-z-]+)/.exec(argument.toLowerCase())?.[1]
    return name !== undefined && steering.some((word) => name === word || name.startsWith(`${word}-`))
  })
  return found?.split('=')[0] ?? null
}

/** The folder after `--home`, as `--home=DIR` or `--home DIR`; undefined when not given. */
export function homeArgument(argv: ReadonlyArray<string>): string | undefined {
  const index = argv.findIndex((argument) => argument === '--home' || argument.startsWith('--home='))
  if (index < 0) return undefined
  return argv[index] === '--home' ? (argv[index + 1] ?? '') : argv[index]?.slice('--home='.length)
}
