import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../shared/app-error.ts'
import { Status } from '../../shared/models/status.ts'
import { controlAddress } from '../control/control-address.ts'
import { askRunningCore } from '../control/control-client.ts'
import { HomeInUse, lockHome } from '../db/home-lock.ts'
import type { CorePlace } from '../mcp/bridge-wait.ts'

/** A core that is stopped in its tracks must not stop whoever looks for it. */
const answerWithinMs = 3_000
/** A first start may have to build the program. */
const startWithinMs = 60_000
const lookEveryMs = 100
/** Its containers may take their time. */
const stopWithinMs = 30_000
/** When our own start lost the race, the winner is there by then. */
const graceMs = 5_000

/** What the core of a home says of itself; null while none runs or answers. */
export async function statusOf(home: string): Promise<Status | null> {
  const call = { route: 'status.get', input: null }
  const answer = await askRunningCore(controlAddress(home), call, answerWithinMs).catch(() => null)
  return answer?.ok === true ? (Status.safeParse(answer.value).data ?? null) : null
}

/** Where the core of a home answers clients; null while none runs, or its server does not. */
export async function locateCore(home: string): Promise<CorePlace | null> {
  const status = await statusOf(home)
  return status === null || status.mcpUrl === null ? null : { url: status.mcpUrl, locked: status.vault === 'locked' }
}

/**
 * Starts a locked core without a window for a home that has none, and waits until it answers. It lives on when this
 * process ends, until a window or a core that a person starts wants the folder. Two that start at once are fine: the home's lock lets one of them live, and both find it. Throws AppError.
 */
export async function startCore(home: string, signal: AbortSignal): Promise<CorePlace> {
  const child = spawn(process.execPath, [...process.execArgv, ...ownProgram(), '--home', home, 'serve', '--make-way'], {
    detached: true,
    stdio: 'ignore',
    env: withoutKey(process.env),
  })
  let deadlineMs = performance.now() + startWithinMs
  const shorten = (): void => {
    deadlineMs = Math.min(deadlineMs, performance.now() + graceMs)
  }
  child.once('exit', shorten).once('error', shorten)
  child.unref()
  while (performance.now() < deadlineMs) {
    const place = await locateCore(home)
    if (place !== null) return place
    await sleep(lookEveryMs, undefined, { signal })
  }
  throw new AppError('unavailable', 'Clawkeep could not be started.', {
    hint: 'Run `clawkeep serve` to see what is the matter.',
  })
}

/**
 * Ends the core of a home, whoever started it, and waits until the folder is free; false: there was none. Throws AppError
 * unavailable when it does not end, no_permission when it is another user's.
 */
export async function stopCore(home: string): Promise<boolean> {
  const deadlineMs = performance.now() + stopWithinMs
  let wasThere = false
  for (;;) {
    const holder = holderOf(home)
    if (holder === null) return wasThere
    wasThere = true
    if (performance.now() >= deadlineMs) {
      const which = holder.owner === null ? '' : ` (process ${holder.owner.pid})`
      throw new AppError('unavailable', `Clawkeep${which} does not stop.`, {
        hint: 'Look in its window at what it is doing, or end the process by the means of your system.',
      })
    }
    await askRunningCore(controlAddress(home), { route: 'core.stop', input: null }, answerWithinMs)
    await sleep(lookEveryMs)
  }
}

/** Null when the home is free. Makes nothing where no core has ever been. */
function holderOf(home: string): HomeInUse | null {
  if (!existsSync(join(home, 'core.lock'))) return null
  try {
    lockHome(home).release()
    return null
  } catch (error) {
    if (error instanceof HomeInUse) return error
    throw error
  }
}

function ownProgram(): ReadonlyArray<string> {
  return process.argv[1] === undefined ? [] : [process.argv[1]]
}

/** The core has no use for a client's key. */
function withoutKey({ CLAWKEEP_API_KEY: _key, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env
}
