import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from './bridge-post.ts'

/** Where the core answers now, and whether its vault is locked. */
export type CorePlace = { readonly url: string; readonly locked: boolean }

/** Finds the core anew; null while none runs. Takes no longer than a few seconds. */
export type LocateCore = () => Promise<CorePlace | null>

export type BridgeWaits = {
  /** A program may be started before Clawkeep is; clients give an answer 60 s. */
  readonly firstMs: number
  /** A core that restarts is back within this. */
  readonly restartMs: number
  /** Whoever hears that it waits may wait as long as a question to the person does. */
  readonly unlockMs: number
  readonly pollMs: number
  readonly tellEveryMs: number
}

export const defaultWaits: BridgeWaits = {
  firstMs: 45_000,
  restartMs: 10_000,
  unlockMs: 300_000,
  pollMs: 500,
  tellEveryMs: 5_000,
}

/** Waits for a core that starts; null when none came. Throws when the signal aborts. */
export async function waitForCore(
  locate: LocateCore,
  { patienceMs, pollMs }: { readonly patienceMs: number; readonly pollMs: number },
  signal: AbortSignal,
): Promise<CorePlace | null> {
  const deadlineMs = performance.now() + patienceMs
  for (;;) {
    const place = await locate()
    if (place !== null || performance.now() >= deadlineMs) return place
    await sleep(pollMs, undefined, { signal })
  }
}

/**
 * Waits with a tool call until the person has unlocked the vault, and says so; a client that does not want to hear of
 * progress is not left without a word. Gives the place to send it to in any case: at the end of its patience the core
 * itself says "locked". Throws when the signal aborts.
 */
export async function waitForUnlock(
  first: CorePlace,
  call: { readonly message: Message; readonly tell: (message: Message) => void; readonly signal: AbortSignal },
  locate: LocateCore,
  waits: BridgeWaits,
): Promise<CorePlace> {
  const progressToken = tokenOf(call.message)
  if (progressToken === undefined) return first
  const deadlineMs = performance.now() + waits.unlockMs
  let place = first
  let told = 0
  let nextTellMs = 0
  while (place.locked && performance.now() < deadlineMs) {
    const nowMs = performance.now()
    if (nowMs >= nextTellMs) {
      nextTellMs = nowMs + waits.tellEveryMs
      told += 1
      const message = `Clawkeep is locked. Waiting until the person unlocks it, ${clockTime(deadlineMs - nowMs)} left.`
      // Less than any progress of the call itself: the number may never go down.
      const params = { progressToken, progress: told * 1e-6, message }
      call.tell({ jsonrpc: '2.0', method: 'notifications/progress', params })
    }
    await sleep(waits.pollMs, undefined, { signal: call.signal })
    place = (await locate()) ?? place
  }
  return place
}

function tokenOf(message: Message): string | number | undefined {
  const params = message['params'] as { _meta?: { progressToken?: unknown } } | null | undefined
  const token = params?._meta?.progressToken
  return typeof token === 'string' || typeof token === 'number' ? token : undefined
}

function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
