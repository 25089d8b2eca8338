import { randomBytes } from 'node:crypto'
import {
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
  createRequestStateCodec,
} from '@modelcontextprotocol/server'
import { hashArgs } from '../approvals/question.ts'
import type { RoundState } from './round.ts'

/** What a state was given for: repeated with other arguments, another name or another method, it is worth nothing. */
export type RoundTarget = { readonly method: string; readonly name: string; readonly args: unknown }

type Sealed = { readonly target: string; readonly state: RoundState }

/** How long the client has for one round. */
const ttlSeconds = 15 * 60

/**
 * The `requestState` of multi-round-trip requests (2026-07-28): it travels through the client, so it carries a MAC and an
 * expiry, and is bound to the client and to the exact call. The key lives as long as this object.
 */
export class RoundStates {
  readonly #codec = createRequestStateCodec<Sealed>({
    key: randomBytes(32),
    ttlSeconds,
    bind: (context) => context.http?.authInfo?.clientId ?? '',
  })

  /** For `ServerOptions.requestState.verify`; rejects what was not made here, for this client, or is too old. */
  readonly verify = (state: string, context: ServerContext): Promise<Sealed> => this.#codec.verify(state, context)

  seal(target: RoundTarget, state: RoundState, context: ServerContext): Promise<string> {
    return this.#codec.mint({ target: digest(target), state }, context)
  }

  /** The state that came with this request, after `verify`. Throws a protocol error when it was given for another call. */
  stateOf(target: RoundTarget, context: ServerContext): RoundState | null {
    const sealed = context.mcpReq.requestState<Sealed>()
    if (sealed === undefined) return null
    if (sealed.target !== digest(target)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid or expired requestState', {
        reason: 'invalid_request_state',
      })
    }
    return sealed.state
  }
}

function digest({ method, name, args }: RoundTarget): string {
  return hashArgs([method, name, args ?? {}])
}
