import { setTimeout as sleep } from 'node:timers/promises'
import { HomeInUse } from '../db/home-lock.ts'
import { controlAddress } from './control-address.ts'
import { askRunningCore } from './control-client.ts'

/** A core that makes way first tells its clients and stops its containers. */
const defaultWithinMs = 20_000
const lookEveryMs = 100
const answerWithinMs = 3_000

/**
 * Runs `create`, which locks the home folder. When a core that was only started for a client has it, that one is asked to
 * end and waited for; any other stays, and so does one that does not end in time: then throws what `create` threw. Throws the
 * reason of `signal` when that aborts.
 */
export async function takeOver<T>(
  home: string,
  create: () => T | Promise<T>,
  { withinMs = defaultWithinMs, signal }: { withinMs?: number; signal?: AbortSignal } = {},
): Promise<T> {
  const deadlineMs = performance.now() + withinMs
  for (;;) {
    try {
      return await create()
    } catch (error) {
      if (!(error instanceof HomeInUse) || error.owner?.makesWay !== true) throw error
      if (performance.now() >= deadlineMs) throw error
      const call = { route: 'core.makeWay', input: null }
      const answer = await askRunningCore(controlAddress(home), call, answerWithinMs, signal).catch(() => null)
      // What stands in the lock was left by another then: the one that runs knows best.
      if (answer?.ok === false && answer.error.code === 'refused') throw error
    }
    await sleep(lookEveryMs)
    signal?.throwIfAborted()
  }
}
