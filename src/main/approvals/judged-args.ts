import type { RequestView } from '../../shared/models/approval.ts'

/**
 * The arguments as the rules see them: method, URL and headers in the form that will be sent, because `HTTPS://Api.GitHub.com/./x`
 * as it was written would slip past a rule about `https://api.github.com/x`, and `x-http-method-override` past one about
 * `X-HTTP-Method-Override`. Where there is nothing to show, as they are.
 */
export function judgedArgs(args: unknown, view: RequestView | null): unknown {
  if (view === null || typeof args !== 'object' || args === null || Array.isArray(args)) return args
  const sent = { ...args, method: view.method, url: view.url }
  return 'headers' in sent && sent.headers !== undefined ? { ...sent, headers: byName(view.headers) } : sent
}

/** Values by lower-case name, as a rule's `/headers/NAME` looks for them; a header that is sent more than once has several. */
function byName(headers: RequestView['headers']): Record<string, string | ReadonlyArray<string>> {
  const values = new Map<string, ReadonlyArray<string>>()
  for (const { name, value } of headers) {
    const lower = name.toLowerCase()
    values.set(lower, [...(values.get(lower) ?? []), value])
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? '') : all]))
}
