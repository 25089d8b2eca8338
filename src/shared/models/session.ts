import { z } from 'zod'

/** A program that is connected over MCP, as the person sees it. */
export const Session = z.object({
  /** Names it for `sessions.end`; not the session id of the protocol, which belongs to the client alone. */
  id: z.string(),
  /** The key or sign-in it came with. */
  clientId: z.string(),
  /** What that key or sign-in is called; empty when another server vouched for the program. */
  clientName: z.string(),
  /** What the program says it is: text from outside. Null when it has not said. */
  program: z.object({ name: z.string(), version: z.string() }).nullable(),
  /** `session` up to 2025-11-25, `stateless` since 2026-07-28 and for programs that hold no session. */
  era: z.enum(['session', 'stateless']),
  /** Of the protocol, as the program named it: text from outside. */
  revision: z.string(),
  sinceMs: z.number(),
  /** Of tool calls. */
  calls: z.int(),
  lastCallMs: z.number().nullable(),
  lastTool: z.string().nullable(),
})
export type Session = z.infer<typeof Session>
