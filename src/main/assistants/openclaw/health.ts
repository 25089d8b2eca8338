import type { GatewayClient } from './client.ts'
import { chatRefusal } from './refusal.ts'

/** What keeps an assistant from answering, or null. `degraded`: it answers, but a part of it, such as a channel, is broken. */
export type HealthProblem = 'not_running' | 'silent' | 'starting' | 'degraded' | 'token' | 'chat_off' | 'failing'

/** The state of one assistant as it was asked just now. */
export type Health = {
  /** Its gateway answers at all. */
  readonly alive: boolean
  /** All of it is ready. */
  readonly ready: boolean
  readonly problem: HealthProblem | null
  readonly message: string
  readonly hint: string | null
}

/**
 * Asks the gateway itself: whether it lives and is ready, and whether a chat would be taken, by one without a message, which
 * it turns down before anything runs. A gateway that says 401 lives, and yet nobody can talk to it.
 */
export async function checkHealth(name: string, client: Pick<GatewayClient, 'probe' | 'tryChat'>): Promise<Health> {
  const silent = problem(
    'silent',
    false,
    `${name} does not answer.`,
    'Look at its log; restart it if it does not recover.',
  )
  try {
    if (!(await client.probe('/healthz')).ok) return silent
    const ready = await client.probe('/readyz')
    // Not ready is a gateway that starts, and one that has a broken part; an old one cannot tell which.
    const startup = ready.ok ? null : await client.probe('/startupz')
    if (startup?.status === 503)
      return problem('starting', true, `${name} is still starting.`, 'Try again in a moment.')
    const status = await client.tryChat()
    if (status !== 200 && status !== 400 && status !== 422) {
      const { message, hint } = chatRefusal(name, status)
      const kind =
        status === 401 || status === 403 ? 'token' : status === 404 || status === 405 ? 'chat_off' : 'failing'
      return { ...problem(kind, true, message, hint ?? null), ready: false }
    }
    if (ready.ok) return { alive: true, ready: true, problem: null, message: `${name} is ready.`, hint: null }
    const hint = 'It can be talked to. Look at its log, and at its channels.'
    return problem('degraded', true, `Not all of ${name} is ready. It says: ${ready.detail}`, hint)
  } catch {
    return silent
  }
}

function problem(kind: HealthProblem, alive: boolean, message: string, hint: string | null): Health {
  return { alive, ready: false, problem: kind, message, hint }
}
