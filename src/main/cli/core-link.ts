import { AppError } from '../../shared/app-error.ts'
import type { ParsedInput, RouteInput, RouteName, RouteOutput } from '../../shared/ipc/contract.ts'
import { routes, stoppableRoutes } from '../../shared/ipc/contract.ts'
import type { App } from '../app.ts'
import { controlAddress } from '../control/control-address.ts'
import { callRunningCore } from '../control/control-client.ts'
import type { Answer } from '../ipc/router.ts'
import { untilInterrupt } from './interrupt.ts'
import { openCore } from './open-core.ts'

const busyWaitMs = 5_000
const busyRetryMs = 100

/** Where a command finds its core and what it was told globally. */
export type CoreLink = {
  readonly home: string
  /** Asks for the vault password; only called when a route needs it. */
  readonly password: () => Promise<string>
  /** False: the command makes no sense without a running core. */
  readonly alone?: boolean
  /** Made by `together`. */
  readonly core?: Pick<App, 'router'>
}

/**
 * Calls a route of the core that owns the home: the running one over its socket, else one made for this call.
 * Throws the AppError that the core answered.
 */
export async function callCore<R extends RouteName>(
  link: CoreLink,
  route: R,
  ...[input]: undefined extends ParsedInput<R> ? [] : [RouteInput<R>]
): Promise<RouteOutput<R>> {
  const password = routes[route].cli === 'password' ? await link.password() : undefined
  const call = { route, input: input ?? null, password }
  const run = async (signal?: AbortSignal): Promise<RouteOutput<R>> => {
    const answer = await answerFrom(link, call, signal)
    if (answer.ok) return answer.value as RouteOutput<R>
    const { code, message, ...more } = answer.error
    throw new AppError(code, message, more)
  }
  return stoppableRoutes.has(route) ? untilInterrupt(run) : run()
}

/**
 * For a command that makes several calls. Without a running core one is made for all of them, and the vault is opened once: each opening
 * derives the key and reads the whole list. Nothing of `run` may wait for the person, who would keep the home from others meanwhile, or
 * print: the reader of a pipe that is gone ends the process.
 */
export async function together<L extends CoreLink, T>(link: L, run: (link: L) => Promise<T>): Promise<T> {
  // First of all: it may have to be typed.
  const password = await link.password()
  const isRunning = { route: 'status.get', input: null }
  const core = await whenFree(async () =>
    (await callRunningCore(controlAddress(link.home), isRunning)) === null ? openCore(link.home) : null,
  )
  if (core === null) return run(link)
  try {
    return await core.router.withPassword(password, () => run({ ...link, core }))
  } finally {
    await core.dispose()
  }
}

async function answerFrom(
  link: CoreLink,
  call: { route: string; input: unknown; password: string | undefined },
  signal?: AbortSignal,
): Promise<Answer> {
  if (link.core !== undefined)
    return link.core.router.call(call.route, call.input, { kind: 'cli', isProven: true, signal })
  return whenFree(async () => {
    const answer = await callRunningCore(controlAddress(link.home), call, signal)
    if (answer !== null) return answer
    if (link.alone === false) {
      throw new AppError('unavailable', 'Clawkeep is not running.', {
        hint: 'Open its window, or run `clawkeep serve`.',
      })
    }
    return answerAlone(link.home, call, signal)
  })
}

/** Another command may hold the home for a moment, or a core be just starting, whose socket comes next. */
async function whenFree<T>(attempt: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + busyWaitMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const waits = error instanceof AppError && error.code === 'in_use' && performance.now() < deadlineMs
      if (!waits) throw error
      await new Promise((resolve) => setTimeout(resolve, busyRetryMs))
    }
  }
}

async function answerAlone(
  home: string,
  call: { route: string; input: unknown; password: string | undefined },
  signal?: AbortSignal,
): Promise<Answer> {
  const core = await openCore(home)
  try {
    return await core.router.call(call.route, call.input, { kind: 'cli', password: call.password, signal })
  } finally {
    await core.dispose()
  }
}
