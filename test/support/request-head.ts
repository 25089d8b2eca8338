import type { GuardSettings, RequestHead, Verdict } from '../../src/main/mcp/guard.ts'

/** A door that lets two pages call it. */
export const guardSettings = {
  hosts: new Set(['127.0.0.1:7420', 'localhost:7420', '[::1]:7420']),
  origins: new Set(['https://app.example', 'http://localhost:5173']),
  maxBodyBytes: 1024 * 1024,
  open: [],
} satisfies GuardSettings

/** How a request differs from one that gets in. */
export type Change = {
  method?: string
  target?: string
  set?: Record<string, string | null>
  add?: ReadonlyArray<[string, string]>
}

/** What a request begins with. */
export function head({ method = 'POST', target = '/mcp', set = {}, add = [] }: Change): RequestHead {
  const headers: Record<string, string | null> = {
    Host: '127.0.0.1:7420',
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'Content-Length': '100',
    ...set,
  }
  const kept = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null)
  return { method, target, rawHeaders: [...kept, ...add].flat() }
}

/** The status of a refusal, or what may be reached. */
export function outcome(verdict: Verdict): string | number {
  return verdict.kind === 'refuse' ? verdict.refusal.status : verdict.kind
}
