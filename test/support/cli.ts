import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { controlAddress } from '../../src/main/control/control-address.ts'
import { callRunningCore } from '../../src/main/control/control-client.ts'
import { AppError } from '../../src/shared/app-error.ts'
import type { RouteInput, RouteName, RouteOutput } from '../../src/shared/ipc/contract.ts'
import type { Approval } from '../../src/shared/models/approval.ts'
import { send } from './http.ts'
import { repoRoot } from './spawn-core.ts'

/** The command as a checkout has it: it finds its Node and builds when something changed. */
export const command = join(repoRoot, 'bin', 'clawkeep')

export const cliPassword = 'correct hörse battery staple'

/** How a command ended and all it printed. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type RunOptions = {
  /** Its standard input; nothing and no terminal without it. */
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** Where it is started; default here. */
  readonly cwd?: string
  /** A program and its arguments to run the command under, such as `setpriv`. */
  readonly under?: ReadonlyArray<string>
  /** Ctrl-C, as soon as this file is there. */
  readonly interruptAt?: string
  /** False: no `--password-file`. */
  readonly password?: boolean
}

/** The environment of the tests, without what points a command to the person's own data. */
function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(CLAWKEEP_(HOME|API_KEY|PASSWORD)|XDG_DATA_HOME)$/.test(name),
  )
  return { ...Object.fromEntries(kept), ...extra }
}

/** Runs one command to its end. This very Node runs it, so that it need not start another. */
export function clawkeep(
  args: ReadonlyArray<string>,
  { stdin, env, cwd, under = [], interruptAt }: RunOptions = {},
): Promise<Ended> {
  const [program = '', ...rest] = [...under, process.execPath, command, ...args]
  const child = spawn(program, rest, {
    cwd,
    env: environment(env),
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const printed = collect(child)
  if (interruptAt !== undefined) interruptWhenThere(child, interruptAt)
  child.stdin?.on('error', () => undefined) // A command that refuses its arguments does not read.
  child.stdin?.end(stdin)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout: printed.stdout, stderr: printed.stderr }))
  })
}

function interruptWhenThere(child: ChildProcess, path: string): void {
  const timer = setInterval(() => {
    if (!existsSync(path)) return
    clearInterval(timer)
    child.kill('SIGINT')
  }, 1)
  child.once('exit', () => clearInterval(timer))
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const printed = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  return printed
}

/** A home in a folder of its own, and the commands on it. */
export type CliHome = {
  /** Holds the home, the password file and what a test puts there. */
  readonly folder: string
  readonly home: string
  readonly passwordFile: string
  run(args: ReadonlyArray<string>, options?: RunOptions): Promise<Ended>
  /** Runs with `--json`, and gives what it printed; throws when it does not end with 0. */
  json<T>(args: ReadonlyArray<string>, options?: RunOptions): Promise<T>
  /** Makes a file beside the home that only this user can read; gives its path. */
  file(name: string, text: string): string
  serve(args?: ReadonlyArray<string>, options?: RunOptions): Promise<Serving>
  /** Asks the running core as the command does, with the password, without a process for it. Throws when it is refused. */
  call<R extends RouteName>(route: R, input: RouteInput<R>): Promise<RouteOutput<R>>
  cleanup(): void
}

/** A running `clawkeep serve`. */
export type Serving = {
  readonly child: ChildProcess
  readonly ready: { readonly event: string; readonly mcpUrl: string; readonly pid: number; readonly locked: boolean }
  readonly printed: { readonly stdout: string; readonly stderr: string }
  /** Sends the signal (SIGTERM) and waits for the end. Safe after the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** The home is beside the password file unless it must be at a special place. Nothing is made in it yet. */
export function cliHome(options: { home?: string; password?: string } = {}): CliHome {
  const folder = mkdtempSync(join(tmpdir(), 'clawkeep-cli-'))
  const home = options.home ?? join(folder, 'home')
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const passwordFile = file('password', `${options.password ?? cliPassword}\n`)
  const withHome = (args: ReadonlyArray<string>, { password = true }: RunOptions = {}): ReadonlyArray<string> => [
    '--home',
    home,
    ...(password ? ['--password-file', passwordFile] : []),
    ...args,
  ]
  return {
    folder,
    home,
    passwordFile,
    file,
    run: (args, options = {}) => clawkeep(withHome(args, options), options),
    async json<T>(args: ReadonlyArray<string>, options: RunOptions = {}): Promise<T> {
      const ended = await clawkeep(['--json', ...withHome(args, options)], options)
      if (ended.code !== 0) throw new Error(`clawkeep ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`)
      return JSON.parse(ended.stdout) as T
    },
    // Any free port: others may be serving on this machine.
    serve: (args = ['--port', '0'], options = {}) => serve(withHome(['serve', ...args], options), options),
    async call<R extends RouteName>(route: R, input: RouteInput<R>) {
      const password = options.password ?? cliPassword
      const answer = await callRunningCore(controlAddress(home), { route, input: input ?? null, password })
      if (answer === null) throw new Error(`${route}: no core is running`)
      if (!answer.ok) throw new AppError(answer.error.code, answer.error.message, answer.error)
      return answer.value as RouteOutput<R>
    },
    cleanup: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function serve(args: ReadonlyArray<string>, { env, cwd }: RunOptions): Promise<Serving> {
  const child = spawn(process.execPath, [command, ...args], {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = collect(child)
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const firstLine = new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const end = printed.stdout.indexOf('\n')
      if (end !== -1) resolve(printed.stdout.slice(0, end))
    }
    child.stdout?.on('data', look)
    void ended.then(({ code }) => reject(new Error(`serve ended with ${code}: ${printed.stderr}`)))
  })
  return {
    child,
    ready: JSON.parse(await firstLine) as Serving['ready'],
    printed,
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

/** Where a running core answers clients. */
export function portOf(core: Serving): number {
  return Number(new URL(core.ready.mcpUrl).port)
}

/** Runs a command at a pseudo terminal (`script`, util-linux) and types each answer when the prompt is there. */
export async function atTerminal(
  args: ReadonlyArray<string>,
  answers: ReadonlyArray<string>,
): Promise<{ code: number | null; stdout: string }> {
  const words = [process.execPath, command, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', words, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let stdout = ''
  const waiting = [...answers]
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (/password: |\[y\/N\] /.test(text)) child.stdin.write(waiting.shift() ?? '')
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout }
}

/** The text of one tool call, made in the simplest way. */
export async function callTool(mcpUrl: string, key: string, name: string, args: object): Promise<string> {
  const { text } = await send(Number(new URL(mcpUrl).port), {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  })
  return text
}

/** The question that waits; waits for one. */
export async function nextQuestion(at: Pick<CliHome, 'call'>): Promise<Approval> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = (await at.call('approvals.list', undefined)).find(({ state }) => state === 'pending')
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('No question came')
}

/** Throws what is the matter when there is no container engine for the tests. */
export function requireEngine(): void {
  const problem = process.env['CLAWKEEP_ENGINE_PROBLEM']
  if (problem !== undefined) throw new Error(problem)
}
