import { AppError } from '../../shared/app-error.ts'
import type { ParsedInput, RouteInput, RouteName, RouteOutput } from '../../shared/ipc/contract.ts'
import { routes, stoppableRoutes } from '../../shared/ipc/contract.ts'
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

async function answerFrom(
  link: CoreLink,
  call: { route: string; input: unknown; password: string | undefined },
  signal?: AbortSignal,
): Promise<Answer> {
  const address = controlAddress(link.home)
  const deadlineMs = performance.now() + busyWaitMs
  for (;;) {
    const answer = await callRunningCore(address, call, signal)
    if (answer !== null) return answer
    if (link.alone === false) {
      throw new AppError('unavailable', 'Clawkeep is not running.', {
        hint: 'Open its window, or run `clawkeep serve`.',
      })
    }
    try {
      return await answerAlone(link.home, call, signal)
    } catch (error) {
      // Another command holds the home for a moment, or a core is just starting: its socket comes next.
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
