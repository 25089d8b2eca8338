import { isUtf8 } from 'node:buffer'
import type { ResourceLink } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Approval } from '../../../shared/models/approval.ts'
import type { HttpAnswer, HttpRequestInput, Prepared } from '../../broker/broker.ts'
import type { Clock } from '../../clock.ts'
import type { Answers, KeptAnswer } from '../answers.ts'
import { toolIcons } from '../icons.ts'
import { pagesOf } from '../pages.ts'
import { type Tool, type ToolCall, defineTool } from '../tool.ts'

type RequestBroker = {
  prepare(input: HttpRequestInput): Prepared
  send(prepared: Prepared, signal: AbortSignal): Promise<HttpAnswer>
}

/** Often enough that no client's time-out for a silent call (60 s in the SDKs) runs out. */
const waitingEveryMs = 10_000

const Input = z.strictObject({
  method: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{1,20}$/, 'Use an HTTP method such as GET or POST.')
    .describe('HTTP method: GET, POST, PUT, PATCH, DELETE or HEAD.'),
  url: z.string().min(1).max(8192).describe('Full https:// address. Secrets do not belong in it.'),
  headers: z
    .record(z.string().min(1).max(200), z.string().max(70_000))
    .refine((headers) => Object.keys(headers).length <= 100, 'At most 100 headers.')
    .optional()
    .describe(
      'Header names and values. Write {{secret:NAME}} where a secret belongs: {"Authorization": "Bearer {{secret:github}}"}.',
    ),
  body: z
    .string()
    .max(900_000)
    .optional()
    .describe('Body as text; {{secret:NAME}} is filled in here too. Set a Content-Type header to match.'),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .describe('One plain sentence for the person who decides: what this does and why it is needed now.'),
})

const Output = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  /** `base64` when the answer is not text. */
  body_encoding: z.enum(['utf8', 'base64']),
  /** The body here is not all of it. */
  truncated: z.boolean(),
  /** Where the whole of what Clawkeep kept can be read, when the body is only its first page. */
  rest: z
    .object({
      uri: z.string(),
      pages: z.number(),
      bytes: z.number(),
      expires_at: z.string(),
    })
    .optional(),
})

export function httpRequest(broker: RequestBroker, clock: Clock, answers: Pick<Answers, 'keep'>): Tool {
  return defineTool({
    name: 'http_request',
    title: 'Send an HTTP request with a secret',
    description: [
      'Sends one HTTP request from this computer and returns the answer. Write {{secret:NAME}} (names from secrets_list) in a header value or in the body where a credential belongs; Clawkeep fills it in on the wire and removes it from the answer, so you never see it.',
      'The person is usually asked first and sees exactly this request with your reason, so the call can take minutes; do not send it again while it waits.',
      'A long answer is cut: "body" is its first page then, and "rest" says where the pages can be read as resources (page n at uri/n) for ten minutes.',
      'If the answer is "refused", the person or a rule said no: respect it, do not retry or rephrase the same request, and tell the person what you wanted to do.',
      'If it says the vault is locked or the time ran out, ask the person to open Clawkeep, then try once more. If your own call ended while the person was deciding, look at approval_status and then make exactly the same call again: it takes up the answer.',
    ].join(' '),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    icons: toolIcons.request,
    scope: 'secrets:use',
    input: Input,
    output: Output,
    text: (output) => `HTTP ${output.status}${cutNote(output)}\n\n${output.body}`,
    more: ({ rest, headers }) => (rest === undefined ? [] : [linkTo(rest, headers['content-type'])]),
    plan: ({ method, url, headers, body, reason }, call) => {
      const prepared = broker.prepare({
        method,
        url,
        headers: Object.entries(headers ?? {}).map(([name, value]) => ({ name, value })),
        body: body === undefined ? null : Buffer.from(body, 'utf8'),
      })
      const waiting = sayWaiting(call, clock)
      return {
        question: {
          method,
          host: prepared.host,
          secrets: prepared.secrets,
          view: prepared.view,
          risks: prepared.risks,
          reason,
        },
        onWaiting: waiting.start,
        onEnd: waiting.stop,
        run: async (op) => {
          waiting.stop()
          const answer = await broker.send(prepared, call.signal)
          op.note({
            code: String(answer.status),
            bytesIn: answer.body.length,
            bytesOut: prepared.input.body?.length ?? 0,
          })
          return toOutput(answer, (body, mimeType) =>
            answers.keep(call.client, body, { title: `Answer of ${prepared.host}`, mimeType }),
          )
        },
      }
    },
  })
}

type Keep = (body: Buffer, mimeType: string) => KeptAnswer

function toOutput(answer: HttpAnswer, keep: Keep): z.input<typeof Output> {
  // A map, because a server may name a header `constructor` or `__proto__`.
  const headers = new Map<string, string>()
  for (const { name, value } of answer.headers) {
    const known = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`)
  }
  const encoding = isUtf8(answer.body) ? 'utf8' : 'base64'
  const [first = answer.body, ...others] = pagesOf(answer.body)
  const kept = others.length === 0 ? null : keep(answer.body, headers.get('content-type') ?? 'application/octet-stream')
  return {
    status: answer.status,
    headers: Object.fromEntries(headers),
    body: first.toString(encoding),
    body_encoding: encoding,
    truncated: answer.truncated || kept !== null,
    ...(kept === null ? {} : { rest: restOf(kept) }),
  }
}

function restOf({ uri, pages, bytes, expiresAtMs }: KeptAnswer): NonNullable<z.input<typeof Output>['rest']> {
  return { uri, pages, bytes, expires_at: new Date(expiresAtMs).toISOString() }
}

function cutNote({ truncated, rest }: z.output<typeof Output>): string {
  if (rest === undefined) return truncated ? ' (answer cut)' : ''
  return ` (answer cut: this is page 1 of ${rest.pages}; read ${rest.uri}/2 and on as resources)`
}

function linkTo(rest: NonNullable<z.output<typeof Output>['rest']>, mimeType: string | undefined): ResourceLink {
  const description = `The whole answer in ${rest.pages} pages: page n is at ${rest.uri}/n. Kept until ${rest.expires_at}.`
  const type = mimeType === undefined ? {} : { mimeType }
  return { type: 'resource_link', uri: rest.uri, name: 'answer', description, size: rest.bytes, ...type }
}

/** While the person decides, the client hears how long is left and under which id it can ask again. */
function sayWaiting(call: ToolCall, clock: Clock): { start: (approval: Approval) => void; stop: () => void } {
  let timer: NodeJS.Timeout | null = null
  const stop = (): void => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }
  const start = (approval: Approval): void => {
    const totalSeconds = Math.round((approval.expiresAtMs - approval.createdAtMs) / 1000)
    let sent = -1
    const say = (): void => {
      const leftSeconds = Math.max(0, Math.round((approval.expiresAtMs - clock.now()) / 1000))
      const waited = Math.max(sent + 1, totalSeconds - leftSeconds)
      sent = waited
      const left = `${Math.floor(leftSeconds / 60)}:${String(leftSeconds % 60).padStart(2, '0')}`
      call.progress?.(
        `Waiting for the person's decision in Clawkeep, ${left} left (approval ${approval.id}).`,
        waited,
        Math.max(totalSeconds, waited),
      )
      if (leftSeconds === 0) stop()
    }
    stop()
    timer = setInterval(say, waitingEveryMs)
    say()
  }
  return { start, stop }
}
