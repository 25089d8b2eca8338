import { firstRound } from '../../src/main/mcp/round.ts'
import type { ToolCall } from '../../src/main/mcp/tool.ts'

/** A call of some client that only listens. */
export function toolCall(change: Partial<ToolCall> = {}): ToolCall {
  return {
    client: { kind: 'key', id: 'key_1', name: 'claude', scopes: [], expiresAtMs: null },
    signal: AbortSignal.timeout(10_000),
    progress: () => undefined,
    log: () => undefined,
    round: firstRound,
    capabilities: {},
    stepAsideAfterMs: null,
    ...change,
  }
}
