import type { Scope } from '../../src/shared/models/api-key.ts'
import type { Approval, Decision } from '../../src/shared/models/approval.ts'
import type { McpCore } from './mcp.ts'
import { oauthAt, type Tokens, tokensOf } from './oauth.ts'

export type Terms = { scopes?: Scope[]; forDays?: number | null }

const waitMs = 5_000

/** A person at the window of a core who lets programs sign in. */
export function personAt(core: McpCore) {
  const oauth = oauthAt(core)
  /** The one question that waits. */
  const question = async (): Promise<Approval> => {
    for (const endMs = performance.now() + waitMs; performance.now() < endMs;) {
      const [approval] = core.approvals.list().filter(({ state }) => state === 'pending')
      if (approval !== undefined) return approval
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error('Nothing waits for an answer')
  }
  const decide = async (decision: Decision): Promise<Approval> => {
    const approval = await question()
    await core.approvals.decide(approval.id, decision, 'window')
    return approval
  }
  /** From the browser's first request to the code; `terms` absent: all that was asked for, for the usual time. */
  const codeFor = async (
    clientId: string,
    terms?: Terms,
    change: Record<string, string | null> = {},
  ): Promise<string> => {
    const begun = await oauth.authorize(clientId, change)
    const { consent } = await question()
    const scopes = terms?.scopes ?? consent?.scopes.map(({ scope }) => scope) ?? []
    const consentTerms = { scopes, forDays: terms?.forDays ?? null }
    await decide({ answer: 'allow', ...(terms === undefined ? {} : { consent: consentTerms }) })
    return (await oauth.follow(begun)).searchParams.get('code') ?? ''
  }
  const signIn = async (clientId: string, terms?: Terms, change: Record<string, string | null> = {}): Promise<Tokens> =>
    tokensOf(await oauth.exchange(clientId, await codeFor(clientId, terms, change)))
  return { question, decide, codeFor, signIn }
}
