import { createHash } from 'node:crypto'
import type { NamedAsker } from '../../shared/models/asker.ts'
import type { Gate } from '../approvals/gate.ts'
import type { Broker, HttpAnswer, HttpRequestInput, Prepared } from './broker.ts'

/** Names this kind of act in the policy and binds approvals to its present form. */
const egressTool = 'egress'
const egressDefinitionHash = createHash('sha256').update('clawkeep egress 1').digest('hex')

export type Egress = (
  asker: NamedAsker,
  request: HttpRequestInput & { readonly reason: string },
  signal: AbortSignal,
) => Promise<HttpAnswer>

/** What leaves an assistant's hatch: the same walk as a client's tool call, with the assistant as the asker. */
export function createAssistantEgress({ broker, gate }: { broker: Broker; gate: Gate }): Egress {
  return async (asker, { reason, ...input }, signal) => {
    let prepared: Prepared
    try {
      prepared = broker.prepare(input)
    } catch (error) {
      return gate.turnAway({ asker, tool: egressTool, auditKind: 'egress.request' }, error)
    }
    const { method, url, headers, body } = prepared.input
    return gate.pass(
      {
        asker,
        tool: egressTool,
        definitionHash: egressDefinitionHash,
        args: { method, url, headers, body },
        auditKind: 'egress.request',
        secrets: prepared.secrets,
        host: prepared.host,
        method,
        view: prepared.view,
        reason,
        risks: prepared.risks,
        signal,
      },
      async (op) => {
        const answer = await broker.send(prepared, signal)
        op.note({ code: String(answer.status), bytesIn: answer.body.length, bytesOut: body?.length ?? 0 })
        return answer
      },
    )
  }
}
