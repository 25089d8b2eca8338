import { longestForm, redact, type Redaction } from './redact.ts'
import { isConnectionHeader, type Header } from './request-shape.ts'
import type { Incoming } from './upstream.ts'

/** What the asker gets: decompressed, without the secrets, at most 1 MiB. */
export type HttpAnswer = {
  readonly status: number
  readonly headers: ReadonlyArray<Header>
  readonly body: Buffer
  readonly truncated: boolean
}

const maxAnswerBytes = 1_048_576

/** How much of an answer must be read so that a secret across its end is found whole. */
export function keepBytesFor(redactions: ReadonlyArray<Redaction>): number {
  return maxAnswerBytes + longestForm(redactions)
}

/** Takes the secrets out of headers and body. Headers of the connection and of the compression, which is undone, are left out. */
export function answerOf(incoming: Incoming, redactions: ReadonlyArray<Redaction>): HttpAnswer {
  const clean = (text: string): string => redact(Buffer.from(text, 'latin1'), redactions).toString('latin1')
  const headers = incoming.headers
    .filter(
      ({ name }) => !isConnectionHeader(name) && name.toLowerCase() !== 'content-encoding' && clean(name) === name,
    )
    .map(({ name, value }) => ({ name, value: clean(value) }))
  const body = redact(incoming.body, redactions, maxAnswerBytes)
  const truncated = incoming.body.length > maxAnswerBytes || body.length > maxAnswerBytes
  return { status: incoming.status, headers, body: body.subarray(0, maxAnswerBytes), truncated }
}
