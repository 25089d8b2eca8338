import {
  type Bridge,
  type RouteInput,
  type RouteName,
  type RouteOutput,
  routes,
  type Topic,
} from '../../../src/shared/ipc/contract.ts'
import type { WireError } from '../../../src/shared/app-error.ts'

type Answer<R extends RouteName> = (input: RouteInput<R>) => RouteOutput<R> | Promise<RouteOutput<R>>

/** What the other end answers, route by route. A route that is not here fails the test that asks it. */
export type Answers = { readonly [R in RouteName]?: Answer<R> }

export type TestBridge = Bridge & {
  /** Announces a change, as the main process does. */
  readonly emit: (topic: Topic) => void
  /** What was asked so far, in order. */
  readonly calls: ReadonlyArray<{ readonly route: string; readonly input: unknown }>
}

/** Thrown by an answer to make the request fail as it would over the wire. */
export class Refusal extends Error {
  readonly wire: WireError

  constructor(wire: WireError) {
    super(wire.message)
    this.wire = wire
  }
}

/**
 * The other side of the seam, made by hand: it parses each input and each answer with the schemas of the contract, so a test
 * cannot show the window something that the main process could never send.
 */
export function createBridge(answers: Answers): TestBridge {
  const listeners = new Set<(topic: string) => void>()
  const calls: Array<{ route: string; input: unknown }> = []
  return {
    calls,
    emit: (topic) => {
      for (const listener of listeners) listener(topic)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    request: async (name, input) => {
      calls.push({ route: name, input })
      const route = routes[name as RouteName]
      const parsed = route.input.safeParse(input)
      if (!parsed.success)
        return { ok: false, error: { code: 'invalid', message: parsed.error.issues[0]?.message ?? 'Invalid.' } }
      const answer = answers[name as RouteName] as ((input: unknown) => unknown) | undefined
      if (answer === undefined) throw new Error(`Nobody answers ${name}`)
      try {
        return { ok: true, value: route.output.parse(await answer(parsed.data)) }
      } catch (error) {
        if (error instanceof Refusal) return { ok: false, error: error.wire }
        throw error
      }
    },
  }
}
