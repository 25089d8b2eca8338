import type { ArgumentTest, Policy, PolicyRule } from '../../../../shared/models/policy.ts'

/** What a rule answers to whom, in one sentence. */
export function ruleWords(rule: PolicyRule): string {
  const { client, assistant, tool, args = [], secret } = rule.when
  const who =
    client !== undefined
      ? `the client “${client}”`
      : assistant !== undefined
        ? `the assistant “${assistant}”`
        : 'anyone'
  const parts = [
    `${tool === undefined ? 'any tool' : tool} from ${who}`,
    ...(secret === undefined ? [] : [`with the key “${secret}”`]),
    ...(args.length === 0 ? [] : [`when ${args.map(testWords).join(' and ')}`]),
  ]
  return parts.join(' ')
}

/** The limits of a rule, in words; null when it has none. */
export function limitWords(rule: PolicyRule): string | null {
  const { limit, until } = rule
  const parts = [
    ...(limit === undefined ? [] : [`${limit.uses} times per ${perWords(limit.per)}`]),
    ...(until === undefined ? [] : [`until ${until.slice(0, 10)}`]),
  ]
  return parts.length === 0 ? null : parts.join(', ')
}

/** What happens to what no rule is about. */
export function defaultWords(answer: Policy['default']): string {
  if (answer === 'ask') return 'Everything else is asked.'
  return answer === 'deny' ? 'Everything else is denied.' : 'Everything else is allowed without asking.'
}

function testWords(test: ArgumentTest): string {
  const name = test.path.replace(/^\//, '') || 'the whole'
  if ('equals' in test) return `${name} is ${String(test.equals)}`
  if ('in' in test) return `${name} is ${test.in.join(' or ')}`
  if ('prefix' in test) return `${name} begins with ${test.prefix}`
  if ('glob' in test) return `${name} matches ${test.glob}`
  if ('host' in test) return `the host of ${name} is ${test.host}`
  if ('range' in test) return `${name} is between ${test.range[0]} and ${test.range[1]}`
  return `${name} is absent`
}

function perWords(per: string): string {
  const unit = { s: 'second', m: 'minute', h: 'hour', d: 'day' }[per.slice(-1)] ?? per
  const amount = Number(per.slice(0, -1))
  return amount === 1 ? unit : `${amount} ${unit}s`
}
