import { domainToUnicode } from 'node:url'
import type { Approval, Risk } from '../../shared/models/approval.ts'
import { looksLike, mixesScripts } from './look-alike.ts'
import type { Question } from './question.ts'

const readingMethods: ReadonlyArray<string> = ['GET', 'HEAD', 'OPTIONS']

/** Text a person cannot see or that changes the order of what they see: bidi controls, zero-width and tag characters. */
const hiddenText =
  /[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u{e0000}-\u{e007f}]/u
/** A zero-width joiner, but for those inside an emoji, which are ordinary. */
const strayJoiner = /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d/u

/** Whether a text holds characters that hide or reorder what is shown. */
export function hidesText(text: string): boolean {
  return hiddenText.test(text) || strayJoiner.test(text)
}

/** What a request itself gives reason to look at twice. */
export function requestRisks(facts: {
  readonly method: string
  readonly url: URL
  /** Every text of the request that is shown. */
  readonly texts: ReadonlyArray<string>
  /** The address is opened by an exception of the policy, or is a local one. */
  readonly local: boolean
  /** Hosts of the items in the vault, to find a host that only looks like one of them. */
  readonly knownHosts: ReadonlyArray<string>
}): Risk[] {
  const { method, url } = facts
  const risks: Risk[] = []
  if (method === 'DELETE') risks.push({ id: 'deletes', text: 'Deletes data.' })
  else if (!readingMethods.includes(method)) risks.push({ id: 'writes', text: 'Writes data.' })
  if (facts.local) risks.push({ id: 'local-network', text: 'The address is on this machine or the local network.' })
  if (url.protocol === 'http:')
    risks.push({ id: 'plain-http', text: 'Not encrypted on the way: others on the network can read it.' })
  const imitation = lookAlike(url.hostname, facts.knownHosts)
  if (imitation !== null) risks.push({ id: 'look-alike-host', text: imitation })
  if (facts.texts.some(hidesText)) risks.push(hiddenTextRisk)
  return risks
}

/** What the asker's own words give reason to look at twice. */
export function reasonRisks(reason: string): Risk[] {
  return hidesText(reason) ? [hiddenTextRisk] : []
}

/** What is new about a question beside those this asker was allowed before. */
export function historyRisks(
  question: Pick<Question, 'asker' | 'request' | 'secrets'>,
  history: ReadonlyArray<Approval>,
): Risk[] {
  const { asker, request, secrets } = question
  const earlier = history.filter(
    (past) => past.state === 'allowed' && past.asker.kind === asker.kind && past.asker.id === asker.id,
  )
  const known = new Set(earlier.flatMap((past) => past.secrets.map((use) => use.itemId)))
  const fresh = [...new Set(secrets.filter((use) => !known.has(use.itemId)).map((use) => use.name))]
  const risks: Risk[] = fresh.map((name) => ({
    id: 'first-use',
    text: `First use of “${name}” by this ${asker.kind}.`,
  }))
  if (!earlier.some((past) => past.request.host === request.host)) {
    risks.push({ id: 'new-host', text: `This ${asker.kind} has not been allowed to reach ${request.host} before.` })
  }
  return risks
}

const hiddenTextRisk: Risk = {
  id: 'hidden-text',
  text: 'Holds invisible characters or ones that change the reading order.',
}

function lookAlike(hostname: string, knownHosts: ReadonlyArray<string>): string | null {
  const shown = domainToUnicode(hostname) || hostname
  const known = knownHosts.map((host) => host.replace(/^\*\./, '').replace(/:\d+$/, ''))
  const original = known.find((host) => host !== hostname && !hostname.endsWith(`.${host}`) && looksLike(shown, host))
  if (original !== undefined) return `The host looks like ${original} but is another one: ${hostname}`
  if (mixesScripts(shown)) return `The host mixes letters of different alphabets: ${hostname}`
  if (shown !== hostname) return `The host is written with letters outside a to z: ${hostname}`
  return null
}
