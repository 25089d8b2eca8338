'use strict'
// The demo assistant: a small gateway with OpenClaw's HTTP interface and no language model behind it. It shows Clawkeep's
// main job without a download: it can be told in chat to make an HTTP request, which leaves through the hatch with a
// placeholder where the credential belongs. Node 24, no dependencies.

const { createHash, timingSafeEqual } = require('node:crypto')
const http = require('node:http')
const https = require('node:https')

const port = 18789
const token = process.env.OPENCLAW_GATEWAY_TOKEN ?? ''
const maxBodyBytes = 1024 * 1024
const maxShownChars = 4000
const maxSessions = 100
const maxTurns = 20
const keepAliveMs = 5000

const help = `I am Clawkeep's demo assistant. There is no language model in me: I do what I am told, word by word.

Tell me to make an HTTP request, for example:
  GET https://api.github.com/user with {{secret:github}} because I want to know who I am
  POST https://api.github.com/repos/me/notes/issues {"title":"Hello"} with {{secret:github}} because you asked me to

Or ask "what did I say?": I remember this session until I am restarted.`

/** Session key -> what was said, oldest first. In memory only: what you tell an assistant is not written down. */
const sessions = new Map()

function remember(key, message) {
  const turns = sessions.get(key) ?? []
  sessions.delete(key)
  if (sessions.size >= maxSessions) sessions.delete(sessions.keys().next().value)
  sessions.set(key, [...turns, message].slice(-maxTurns))
  return turns
}

/** Reads `METHOD URL [json] [with {{secret:NAME}}] [because REASON]`; null when the message is not of that form. */
function parseOrder(message) {
  const start = /^\s*(GET|HEAD|POST|PUT|PATCH|DELETE)\s+(https?:\/\/\S+)/i.exec(message)
  if (start === null) return null
  let rest = message.slice(start[0].length)
  let reason = ''
  const because = /\sbecause\s+([\s\S]*)$/i.exec(rest)
  if (because !== null) {
    reason = because[1].trim()
    rest = rest.slice(0, because.index)
  }
  let secret = null
  const withSecret = /\swith\s+(\{\{secret:[^{}]+\}\})\s*$/i.exec(rest)
  if (withSecret !== null) {
    secret = withSecret[1]
    rest = rest.slice(0, withSecret.index)
  }
  const body = rest.trim()
  return { method: start[1].toUpperCase(), url: start[2], body: body === '' ? null : body, secret, reason }
}

/** Everything goes through the hatch, also what NO_PROXY would keep inside: an order is always about the world outside. */
const agents = {
  'http:': new http.Agent({ proxyEnv: { HTTP_PROXY: process.env.HTTP_PROXY } }),
  'https:': new https.Agent({ proxyEnv: { HTTPS_PROXY: process.env.HTTPS_PROXY } }),
}

function isHttps(url) {
  return url.toLowerCase().startsWith('https:')
}

/** Makes the request as any program behind a proxy does it. */
function perform(order, signal) {
  return new Promise((resolve, reject) => {
    const headers = { accept: '*/*', 'user-agent': 'clawkeep-demo-assistant' }
    if (order.secret !== null) headers.authorization = `Bearer ${order.secret}`
    if (order.body !== null) {
      headers['content-type'] = 'application/json'
      headers['content-length'] = Buffer.byteLength(order.body)
    }
    // A header carries bytes; Node takes them as latin1 characters.
    if (order.reason !== '')
      headers['x-clawkeep-reason'] = Buffer.from(order.reason.replace(/\s+/g, ' ')).toString('latin1')
    const agent = agents[isHttps(order.url) ? 'https:' : 'http:']
    const request = (isHttps(order.url) ? https : http).request(order.url, {
      method: order.method,
      headers,
      signal,
      agent,
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const parts = []
      let bytes = 0
      response.on('data', (part) => {
        bytes += part.length
        if (bytes <= maxBodyBytes) parts.push(part)
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          refusal: response.headers['x-clawkeep-error'],
          text: Buffer.concat(parts).toString(),
        }),
      )
    })
    // Before a text Node would write the header's bytes once more as UTF-8.
    request.end(order.body === null ? undefined : Buffer.from(order.body))
  })
}

/** The answer to one message, in pieces. */
async function* answer(message, earlier, signal) {
  if (/^\s*(what did i say|history)\b/i.test(message)) {
    yield earlier.length === 0
      ? 'You have said nothing before in this session.'
      : `You said: ${earlier.map((turn) => JSON.stringify(turn)).join(', ')}`
    return
  }
  const order = parseOrder(message)
  if (order === null) {
    for (const word of help.split(/(?<=\s)/)) yield word
    return
  }
  yield `Asking Clawkeep for ${order.method} ${order.url}\n\n`
  try {
    const result = await perform(order, signal)
    const shown = result.text.length > maxShownChars ? `${result.text.slice(0, maxShownChars)}… (cut)` : result.text
    if (result.refusal === undefined) yield `HTTP ${result.status}\n${shown}`
    else yield `Clawkeep did not let it out: ${refusalText(result)}`
  } catch (error) {
    if (signal.aborted) return
    yield `The request failed: ${error.code ?? error.message}`
  }
}

function refusalText(result) {
  try {
    const { message, hint } = JSON.parse(result.text).error
    return hint === undefined ? message : `${message} ${hint}`
  } catch {
    return result.refusal
  }
}

function isAuthorized(request) {
  const digest = (text) => createHash('sha256').update(text).digest()
  return token !== '' && timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`))
}

function sendJson(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

async function readJson(request) {
  const parts = []
  let bytes = 0
  for await (const part of request) {
    bytes += part.length
    if (bytes > maxBodyBytes) throw new Error('too large')
    parts.push(part)
  }
  return JSON.parse(Buffer.concat(parts).toString())
}

function textOf(content) {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part) => (part?.type === 'text' && typeof part.text === 'string' ? part.text : '')).join('')
}

async function chat(request, response) {
  const body = await readJson(request)
  const last = Array.isArray(body.messages) ? body.messages.findLast((entry) => entry?.role === 'user') : undefined
  const message = textOf(last?.content)
  if (message === '')
    return sendJson(response, 400, { error: { message: 'There is no user message.', type: 'invalid_request_error' } })
  const key = request.headers['x-openclaw-session-key']
  const earlier = typeof key === 'string' ? remember(key, message) : []
  const leaving = new AbortController()
  response.on('close', () => leaving.abort())
  const facts = { id: `chatcmpl-${Date.now().toString(36)}`, created: Math.floor(Date.now() / 1000), model: 'openclaw' }
  if (body.stream === true) return stream(response, facts, answer(message, earlier, leaving.signal))
  let text = ''
  for await (const part of answer(message, earlier, leaving.signal)) text += part
  sendJson(response, 200, {
    ...facts,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  })
}

async function stream(response, facts, parts) {
  const send = (delta, finish_reason = null) => {
    const chunk = { ...facts, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] }
    response.write(`data: ${JSON.stringify(chunk)}\n\n`)
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const keepAlive = setInterval(() => response.write(': waiting\n\n'), keepAliveMs)
  send({ role: 'assistant', content: '' })
  for await (const part of parts) send({ content: part })
  clearInterval(keepAlive)
  send({}, 'stop')
  response.end('data: [DONE]\n\n')
}

const server = http.createServer((request, response) => {
  const page = `${request.method} ${(request.url ?? '').split('?')[0]}`
  if (page === 'GET /healthz') return sendJson(response, 200, { ok: true, status: 'live' })
  if (page === 'GET /readyz') return sendJson(response, 200, { ready: true })
  if (!isAuthorized(request))
    return sendJson(response, 401, { error: { message: 'Unauthorized', type: 'unauthorized' } })
  if (page === 'GET /v1/models')
    return sendJson(response, 200, {
      object: 'list',
      data: [{ id: 'openclaw', object: 'model', owned_by: 'clawkeep' }],
    })
  if (page !== 'POST /v1/chat/completions')
    return sendJson(response, 404, { error: { message: 'Not found', type: 'not_found' } })
  chat(request, response).catch(() => {
    if (response.headersSent) response.destroy()
    else sendJson(response, 400, { error: { message: 'The request cannot be read.', type: 'invalid_request_error' } })
  })
})
server.requestTimeout = 60_000
server.listen(port, '127.0.0.1', () => console.log(`demo assistant listens on 127.0.0.1:${port}`))
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
