import type {
  ClientCapabilities,
  GetPromptResult,
  Prompt as PromptDefinition,
  ReadResourceResult,
  Resource,
  ResourceTemplateType,
} from '@modelcontextprotocol/server'
import type { Client } from './token-verifier.ts'
import type { ListChanges } from './list-changes.ts'
import type { InputNeeded, Round } from './round.ts'
import type { Tool } from './tool.ts'

/** A prompt of the server, ready to list and to fill in. */
export type Prompt = {
  /** As `prompts/list` sends it. */
  readonly definition: PromptDefinition
  readonly get: (
    args: Readonly<Record<string, string>>,
    round: Round,
    capabilities: ClientCapabilities,
  ) => GetPromptResult | InputNeeded
  /** Values for an argument that begin with what is there. */
  readonly complete?: (argument: string, value: string) => ReadonlyArray<string>
}

/** Things to read under one address scheme. A client sees its own only. */
export type Resources = {
  readonly list: (client: Client) => Resource[]
  readonly templates: ReadonlyArray<ResourceTemplateType>
  /** Null when there is no such thing, or not for this client. */
  readonly read: (uri: string, client: Client) => ReadResourceResult | null
  readonly complete?: (template: string, argument: string, value: string, client: Client) => ReadonlyArray<string>
  /** Called when a client is cut off: nothing of it is kept. */
  readonly forget?: (clientId: string) => void
  /** Told each address whose content changed, and for whom (null: everybody). Absent: contents never change. */
  readonly onUpdated?: (listener: (uri: string, clientId: string | null) => void) => () => void
}

/** All that clients find on this server; what is absent is not offered. */
export type Offer = {
  /** In the order clients list them. */
  readonly tools: ReadonlyArray<Tool>
  readonly prompts?: ReadonlyArray<Prompt>
  readonly resources?: Resources
  /** Says when a list looks different to a client. Absent: lists never change. */
  readonly changes?: ListChanges
}
