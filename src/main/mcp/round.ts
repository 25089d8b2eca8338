import type { InputRequests } from '@modelcontextprotocol/server'

/** Instead of an answer: what the client must find out first, then it makes the same call again (2026-07-28, multi-round-trip requests). */
export type InputNeeded = {
  /** By a name of ours for each question. */
  readonly inputRequests: InputRequests
  /** Comes back with the repetition, authenticated and bound to client and call; readable by the client. */
  readonly state?: RoundState
}

/** `approval`: this question to the person is being waited for. `tool`: what the tool itself wants to remember. */
export type RoundState =
  | { readonly kind: 'approval'; readonly id: string }
  | { readonly kind: 'tool'; readonly value: unknown }

export type Round = {
  /** As the client sent them: anything at all. */
  readonly responses: Readonly<Record<string, unknown>>
  readonly state: RoundState | null
}

export const firstRound: Round = { responses: {}, state: null }

export function isInputNeeded(output: object): output is InputNeeded {
  return 'inputRequests' in output
}
