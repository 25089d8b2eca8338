import type { ErrorCode, WireError } from '../../../shared/app-error.ts'
import type { Bridge, RouteInput, RouteName, RouteOutput } from '../../../shared/ipc/contract.ts'

declare global {
  interface Window {
    /** Put there by the preload; absent when the page is opened outside Clawkeep. */
    readonly clawkeep?: Bridge
  }
}

/** A request that did not work, with the words for the person as they came over the wire. */
export class RequestError extends Error {
  readonly code: ErrorCode
  readonly hint: string | null
  readonly retryAfterMs: number

  constructor(wire: WireError) {
    super(wire.message)
    this.name = 'RequestError'
    this.code = wire.code
    this.hint = wire.hint ?? null
    this.retryAfterMs = wire.retryAfterMs ?? 0
  }
}

type WireResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError }

/** What comes after the name of a route: nothing where the route takes nothing. */
export type Arguments<R extends RouteName> =
  undefined extends RouteInput<R> ? [input?: RouteInput<R>] : [input: RouteInput<R>]

/**
 * Calls one route of the contract. The main process has parsed the answer with the route's own schema, so it is taken as
 * typed here. Rejects with a `RequestError`, also when there is no bridge.
 */
export async function request<R extends RouteName>(route: R, ...given: Arguments<R>): Promise<RouteOutput<R>> {
  try {
    return await requestUnasked(route, ...given)
  } catch (error) {
    if (!(error instanceof RequestError) || error.code !== 'password_needed' || askPassword === null) throw error
    if (await askPassword()) return request(route, ...given)
    throw new RequestError({ code: 'cancelled', message: 'The password was not given.' })
  }
}

/**
 * The same for what the window does by itself: a route that wants the password again rejects with `password_needed`, and nobody is
 * asked for it.
 */
export async function requestUnasked<R extends RouteName>(route: R, ...[input]: Arguments<R>): Promise<RouteOutput<R>> {
  const bridge = window.clawkeep
  if (bridge === undefined) {
    throw new RequestError({
      code: 'unavailable',
      message: 'This window is not connected to Clawkeep.',
      hint: 'Close it and start Clawkeep again.',
    })
  }
  const result = (await bridge.request(route, input).catch(() => unanswered)) as WireResult<RouteOutput<R>>
  if (result.ok) return result.value
  throw new RequestError(result.error)
}

let askPassword: (() => Promise<boolean>) | null = null

/**
 * Sets what asks for the vault password when a route wants it again; it says whether it was given and was right, and then the route is
 * called once more. Returns the function that takes it away.
 */
export function askPasswordWith(ask: () => Promise<boolean>): () => void {
  askPassword = ask
  return () => {
    if (askPassword === ask) askPassword = null
  }
}

const unanswered: Extract<WireResult<never>, { ok: false }> = {
  ok: false,
  error: {
    code: 'internal',
    message: 'Clawkeep did not answer as expected.',
    hint: 'Try again. If it happens again, restart Clawkeep.',
  },
}

/** Any thrown thing as a `RequestError`, so that the window always has words and a next step. */
export function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error
  return new RequestError(unanswered.error)
}
