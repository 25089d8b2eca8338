import type { Policy } from '../../shared/models/policy.ts'

/**
 * The policy of a new vault. A client's scopes already say whether it may chat or look; everything that leaves the machine
 * (`http_request` of a client, `egress` of an assistant) meets no rule here and is asked about.
 */
export const defaultPolicy: Policy = {
  version: 1,
  default: 'ask',
  rules: [
    { id: 'builtin.chat', then: 'allow', when: { tool: 'openclaw_chat*' } },
    { id: 'builtin.read', then: 'allow', when: { tool: 'openclaw_*' } },
    { id: 'builtin.secrets-list', then: 'allow', when: { tool: 'secrets_list' } },
    { id: 'builtin.own-approvals', then: 'allow', when: { tool: 'approval_status' } },
  ],
  network: [],
}
