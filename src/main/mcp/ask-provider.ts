import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { AppError } from '../../shared/app-error.ts'
import type { Provider } from '../../shared/models/provider.ts'

/** A provider that is slower is taken as down: the client waits for this. */
const timeoutMs = 5000
const maxAnswerBytes = 64 * 1024

/**
 * Asks a provider about a token (RFC 7662) and gives back the JSON object that it answers, unchecked. One deadline for
 * all of it; no redirect is followed. Throws AppError timeout or unavailable, which never repeats token, secret or answer.
 */
export async function askProvider(provider: Provider, token: string): Promise<Record<string, unknown>> {
  const stop = new AbortController()
  const deadline = setTimeout(() => stop.abort(), timeoutMs)
  try {
    const answer = await post(provider, token, stop.signal)
    if (answer.statusCode === 401 || answer.statusCode === 400)
      throw new AppError('unavailable', 'The provider does not accept Clawkeep’s client id and secret.', {
        hint: 'Correct them in Settings, under Sign-in elsewhere.',
      })
    if (answer.statusCode !== 200) throw bad(`The provider answered with status ${answer.statusCode ?? 0}.`)
    if (!/^application\/json\s*(;|$)/i.test(answer.headers['content-type'] ?? ''))
      throw bad('The provider’s answer is not JSON.')
    return parse(await readAll(answer))
  } catch (error) {
    if (error instanceof AppError) throw error
    if (stop.signal.aborted)
      throw new AppError('timeout', 'The provider did not answer in time.', { hint: 'Try again.', cause: error })
    throw new AppError('unavailable', 'The provider cannot be reached.', { hint: 'Try again.', cause: error })
  } finally {
    clearTimeout(deadline)
    stop.abort()
  }
}

function post(provider: Provider, token: string, signal: AbortSignal): Promise<IncomingMessage> {
  const body = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString()
  const url = new URL(provider.introspectionEndpoint)
  const headers = {
    authorization: `Basic ${basic(provider)}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    accept: 'application/json',
  }
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest
    const sent = request(url, { method: 'POST', headers, signal, agent: false }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Both halves are form-encoded before they are joined (RFC 6749, 2.3.1). */
function basic({ clientId, clientSecret }: Provider): string {
  const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
  return Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxAnswerBytes) throw bad('The provider’s answer is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parse(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below, in our words.
  }
  throw bad('The provider’s answer is not JSON.')
}

function bad(message: string): AppError {
  return new AppError('unavailable', message, { hint: 'Check its introspection address in Settings.' })
}
