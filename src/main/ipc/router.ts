import { AppError, toWireError, type WireError } from '../../shared/app-error.ts'
import { routes, type ParsedInput, type RouteName, type RouteOutput } from '../../shared/ipc/contract.ts'
import { describeInvalid } from '../describe-invalid.ts'
import { stopIfAborted } from '../vault/paced.ts'

/** Who calls a route: the window's main frame, or the CLI over the control socket with the password it was given. */
export type Caller =
  | { readonly kind: 'window' }
  | {
      readonly kind: 'cli'
      readonly password?: string | undefined
      /** Only code of this process says so: it runs inside `Router.withPassword`. */
      readonly isProven?: true | undefined
      /** Aborted when the command was ended before it had its answer. */
      readonly signal?: AbortSignal | undefined
    }

/** One function per route; a missing one does not compile. */
export type Handlers = {
  readonly [R in RouteName]: (input: ParsedInput<R>, caller: Caller) => RouteOutput<R> | Promise<RouteOutput<R>>
}

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }

/** Runs a call with the vault password checked first; see `PasswordDoor`. */
export type WithPassword = <T>(password: string, run: () => Promise<T>) => Promise<T>

/**
 * The door of the window and the CLI: is the route known, may this caller use it, is the input well formed, run, is the
 * output well formed. Never rejects; what is not an `AppError` reaches the caller as "internal" without its text.
 */
export class Router {
  readonly #handlers: Handlers
  readonly #withPassword: WithPassword
  readonly #onBug: (route: string, error: unknown) => void

  constructor(options: {
    handlers: Handlers
    withPassword: WithPassword
    onBug: (route: string, error: unknown) => void
  }) {
    this.#handlers = options.handlers
    this.#withPassword = options.withPassword
    this.#onBug = options.onBug
  }

  async call(route: string, input: unknown, caller: Caller): Promise<Answer> {
    try {
      if (!isRoute(route)) throw new AppError('not_found', 'There is no such route.')
      return { ok: true, value: await this.#run(route, input, caller) }
    } catch (error) {
      if (!(error instanceof AppError)) this.#onBug(isRoute(route) ? route : 'unknown', error)
      return { ok: false, error: toWireError(error) }
    }
  }

  async #run(route: RouteName, input: unknown, caller: Caller): Promise<unknown> {
    const definition = routes[route]
    const parsed = definition.input.safeParse(input)
    if (!parsed.success) throw describeInvalid(parsed.error)
    const run = async (): Promise<unknown> => {
      // Ended at its password prompt: nothing of it begins.
      if (caller.kind === 'cli' && caller.signal !== undefined) stopIfAborted(caller.signal)
      const handler = this.#handlers[route] as (input: unknown, caller: Caller) => unknown
      return definition.output.parse(await handler(parsed.data, caller))
    }
    if (caller.kind === 'window' || definition.cli === 'open') return run()
    if (definition.cli === 'never') throw new AppError('refused', 'This can only be done in the window.')
    return caller.isProven === true ? run() : this.#afterPassword(caller.password, run)
  }

  /** Runs what only the person may ask for, after the vault password. Throws AppError wrong_password, throttled; and what `run` throws. */
  async withPassword<T>(password: string | undefined, run: () => Promise<T>): Promise<T> {
    try {
      return await this.#afterPassword(password, run)
    } catch (error) {
      if (!(error instanceof AppError)) this.#onBug('command', error)
      throw error
    }
  }

  async #afterPassword<T>(password: string | undefined, run: () => Promise<T>): Promise<T> {
    if (password !== undefined && password !== '') return this.#withPassword(password, run)
    const hint = 'Give it at the prompt, or with --password-file.'
    throw new AppError('wrong_password', 'The vault password is needed for this.', { hint })
  }
}

function isRoute(route: string): route is RouteName {
  return Object.hasOwn(routes, route)
}
