import { toWireError } from '../../shared/app-error.ts'
import type { Trial } from '../../shared/models/connection.ts'
import type { Clock } from '../clock.ts'
import type { Target } from './entry.ts'
import { type Speaker, speakerFor } from './mcp-speaker.ts'
import { withoutKeys } from './settings-text.ts'

/** Starting the bridge may first build a checkout. */
const deadlineMs = 30_000
const revision = '2025-06-18'
const harmlessTool = 'openclaw_instances'

/**
 * Connects as the program would, lists the tools and calls the harmless one of them. Never throws for what went wrong on
 * the way: that is the result.
 */
export async function tryTarget(target: Target, clock: Clock): Promise<Trial> {
  const startedMs = clock.monotonicMs()
  const speaker = speakerFor(target, AbortSignal.timeout(deadlineMs))
  const outcome = await converse(speaker).catch((error: unknown): Outcome => {
    const { message, hint } = toWireError(error)
    return { ok: false, message, hint: hint ?? null }
  })
  const tookMs = Math.round(clock.monotonicMs() - startedMs)
  await speaker.close()
  return { ...outcome, message: withoutKeys(outcome.message), tookMs, atMs: clock.now() }
}

type Outcome = Pick<Trial, 'ok' | 'message' | 'hint'>

async function converse(speaker: Speaker): Promise<Outcome> {
  await speaker.request('initialize', {
    protocolVersion: revision,
    capabilities: {},
    clientInfo: { name: 'clawkeep-trial', version: '1.0.0' },
  })
  await speaker.notify('notifications/initialized')
  const { tools } = await speaker.request('tools/list', {})
  const names = Array.isArray(tools) ? tools.map((tool) => (tool as { name?: unknown }).name) : []
  const counted = `${names.length} ${names.length === 1 ? 'tool' : 'tools'}`
  if (!names.includes(harmlessTool)) return { ok: true, message: `It works: ${counted} to call.`, hint: null }
  const { isError } = await speaker.request('tools/call', { name: harmlessTool, arguments: {} })
  if (isError !== true)
    return { ok: true, message: `It works: ${counted} to call, and a call was answered.`, hint: null }
  return {
    ok: false,
    message: `It reaches Clawkeep and sees ${counted}, but a call was not answered.`,
    hint: 'Unlock Clawkeep and try again.',
  }
}
