import type { Scope } from '../../shared/models/api-key.ts'
import type { Refusal } from './guard.ts'

/** A program that showed a valid key or token. `name` is empty while the vault is locked: only the vault knows it. */
export type Client = {
  /** `key`: an API key; `oauth`: an access token of Clawkeep's own; `introspected`: one that another server vouches for. */
  readonly kind: 'key' | 'oauth' | 'introspected'
  readonly id: string
  readonly name: string
  readonly scopes: ReadonlyArray<Scope>
  readonly expiresAtMs: number | null
  /** Of an `oauth` client: the family of tokens it came with. A program may hold several at once, each of a consent of its own. */
  readonly familyId?: string | undefined
}

/** Tokens of one consent that ended while the same client goes on with others; `stolen`: somebody else may have used them. */
export type EndedFamily = { readonly clientId: string; readonly familyId: string; readonly stolen: boolean }

/** What a presented token turned out to be; `reason` tells the holder of a real but dead one why it stopped working. */
export type KeyCheck =
  | { readonly ok: true; readonly client: Client }
  | {
      readonly ok: false
      readonly reason: 'unknown' | 'expired' | 'revoked' | 'replaced'
      readonly keyId: string | null
      /** An ordinary end in the life of this kind of token: neither counted as an attempt nor logged. */
      readonly routine?: true
    }
  /** It could not be told, or is not enough: the verifier says what to answer. Not counted as an attempt. */
  | { readonly ok: false; readonly reason: 'refused'; readonly refusal: Refusal }

/** What a token is presented for. */
export type TokenUse = {
  /** The address of this server as the client called it (RFC 8707): `http://127.0.0.1:7420/mcp`. */
  readonly resource: string
  /** Where it came from, as the limits count it. */
  readonly source: string
  readonly signal: AbortSignal
}

/** One way to tell whose a bearer token is. The first whose `accepts` says yes decides alone. */
export type TokenVerifier = {
  /** Whether a token has the form of this verifier's own; looks at nothing else. */
  accepts(token: string): boolean
  check(token: string, use: TokenUse): KeyCheck | Promise<KeyCheck>
  /** What a client whose tokens come from elsewhere asks for there to get these scopes. */
  scopeNames?(wanted: ReadonlyArray<Scope>): ReadonlyArray<string>
  /** Tells the id of each client that must be cut off at once, open calls included. */
  onRevoked?(listener: (clientId: string) => void): () => void
  /** Tells which tokens of a client ended, all else of it being good: only what came with them is cut off. */
  onFamilyEnded?(listener: (ended: EndedFamily) => void): () => void
  /** Tells the id of each client that got a new token, and until when the one it had goes on. */
  onReplaced?(listener: (clientId: string, untilMs: number) => void): () => void
}
