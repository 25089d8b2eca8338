import { expect, test } from 'vitest'
import { judgedArgs } from '../../../src/main/approvals/judged-args.ts'
import { decidePolicy } from '../../../src/main/policy/policy.ts'
import { Policy } from '../../../src/shared/models/policy.ts'
import { gateRequest } from './desk.ts'

const noOverride = { path: '/headers/X-HTTP-Method-Override', absent: true }
const override = { path: '/headers/X-HTTP-Method-Override', equals: 'DELETE' }

test.each([
  ['absent, in other letters', 'allow', noOverride, [['x-http-method-override', 'DELETE']], 'deny'],
  ['absent, and so it is', 'allow', noOverride, [['X-Other', 'DELETE']], 'allow'],
  ['equal, in other letters', 'deny', override, [['x-HTTP-method-override', 'DELETE']], 'deny'],
  [
    'a value, in other letters',
    'allow',
    { path: '/headers/accept', prefix: 'text/' },
    [['Accept', 'text/html']],
    'allow',
  ],
  // Which one a server takes is the server's choice.
  [
    'one of two values',
    'deny',
    override,
    [
      ['X-HTTP-Method-Override', 'GET'],
      ['x-http-method-override', 'DELETE'],
    ],
    'deny',
  ],
  ['an inherited name', 'allow', { path: '/headers/constructor', absent: true }, [['__proto__', 'x']], 'allow'],
  ['no header at all', 'allow', { path: '/headers', absent: true }, [], 'allow'],
] as const)('rules on headers see the name that counts: %s', (_, then, args, headers, answer) => {
  const rules = [{ id: 'r', then, when: { args: [args] } }]
  const policy = Policy.parse({ version: 1, default: then === 'allow' ? 'deny' : 'allow', rules })
  const { view, asker, tool, host } = gateRequest()
  if (view === null) throw new Error('nothing to show')
  const given = headers.map(([name, value]) => ({ name, value }))
  const sent = { ...view, headers: [...given, { name: 'User-Agent', value: 'Clawkeep' }] }
  // A client gives an object, an assistant's hatch a list, and what is sent always names Clawkeep.
  for (const spelled of given.length === 0 ? [{}] : [{ headers: Object.fromEntries(headers) }, { headers: given }]) {
    const request = { asker, tool, host, secretNames: [], isNamedByPerson: true, args: judgedArgs(spelled, sent) }
    expect(decidePolicy({ request, policy, usage: () => 0, nowMs: 0 }).answer).toBe(answer)
  }
})
