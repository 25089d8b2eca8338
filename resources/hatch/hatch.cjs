'use strict'
// Runs inside an assistant's container as its first program. It joins the inside to the two sockets of the hatch and then
// runs the image's own command. It needs Node 18 or newer and nothing else: the image is not ours.
//
//   127.0.0.1:8118  HTTP proxy for the assistant  ->  out.sock
//   in.sock (waiting connections)                 ->  127.0.0.1:18789, the assistant's gateway
//
// Usage: node hatch.cjs -- COMMAND [ARGUMENT...]

const { spawn } = require('node:child_process')
const fs = require('node:fs')
const net = require('node:net')
const os = require('node:os')
const path = require('node:path')

const outSocket = path.join(__dirname, 'out.sock')
const inSocket = path.join(__dirname, 'in.sock')
const proxyPort = 8118
const gatewayPort = 18789
const waitingConnections = 4
const retryMs = 200
/** How long a request waits for a gateway that does not listen yet, and how often it looks. */
const patienceMs = 1000
const patientRetryMs = 5
const certificateFile = '/tmp/clawkeep-ca.pem'
/** sysexits.h EX_UNAVAILABLE. */
const exitNoHatch = 69
/** What a shell says when a command cannot be run or found. */
const exitCannotRun = 126
const exitNotFound = 127

/** Asks the hatch for the facts of this start: `{ token, ca, openclaw, envProxy }`. Written out, because loading an HTTP client takes time. */
function fetchStart() {
  return new Promise((resolve, reject) => {
    const socket = net.connect(outSocket)
    let text = ''
    socket.setEncoding('utf8')
    socket.on('error', reject)
    socket.on('data', (part) => (text += part))
    socket.on('end', () => {
      const [head, body] = text.split('\r\n\r\n')
      if (!/^HTTP\/1\.[01] 200 /.test(head)) return reject(new Error('the hatch does not answer'))
      try {
        resolve(JSON.parse(body))
      } catch (error) {
        reject(error)
      }
    })
    // HTTP/1.0, so that the answer comes in one piece and ends with the connection.
    socket.write('GET /v1/start HTTP/1.0\r\nHost: hatch\r\n\r\n')
  })
}

/** Copies bytes both ways; what was already sent towards a side that still reads is delivered before it is closed. */
function join(one, other) {
  for (const [side, far] of [
    [one, other],
    [other, one],
  ]) {
    side.on('error', () => far.destroy())
    side.on('close', () => (far.writableEnded ? far.resume() : far.destroy()))
    side.pipe(far)
  }
}

function listenForProxyUsers() {
  return new Promise((resolve, reject) => {
    const server = net.createServer({ allowHalfOpen: true }, (client) =>
      join(client, net.connect({ path: outSocket, allowHalfOpen: true })),
    )
    server.once('error', reject)
    server.listen(proxyPort, '127.0.0.1', resolve)
  })
}

/** Leaves one connection with Clawkeep; its first bytes are a request for the gateway, and then the next connection waits. */
function offerConnection() {
  const outside = net.connect({ path: inSocket, allowHalfOpen: true })
  let used = false
  outside.once('data', (bytes) => {
    used = true
    outside.pause()
    connectGateway(outside, Date.now() + patienceMs, (inside) => {
      inside.write(bytes)
      join(outside, inside)
    })
    offerConnection()
  })
  outside.on('error', () => outside.destroy())
  outside.on('end', () => used || outside.destroy())
  outside.on('close', () => used || setTimeout(offerConnection, retryMs))
}

/** The gateway may still be starting: a request that comes a little early waits for it. */
function connectGateway(outside, untilMs, onConnected) {
  const inside = net.connect({ port: gatewayPort, host: '127.0.0.1', allowHalfOpen: true })
  const failed = () => {
    if (outside.destroyed || Date.now() >= untilMs) outside.destroy()
    else setTimeout(connectGateway, patientRetryMs, outside, untilMs, onConnected)
  }
  inside.once('error', failed)
  inside.once('connect', () => {
    inside.off('error', failed)
    onConnected(inside)
  })
}

/** OpenClaw starts only with a configuration; the token is not in it, it comes by the environment. */
function writeFirstOpenClawConfig() {
  const dir = path.join(os.homedir(), '.openclaw')
  const config = {
    gateway: {
      mode: 'local',
      port: gatewayPort,
      bind: 'loopback',
      auth: { mode: 'token' },
      http: { endpoints: { chatCompletions: { enabled: true } } },
    },
  }
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 })
  try {
    fs.writeFileSync(path.join(dir, 'openclaw.json'), `${JSON.stringify(config, null, 2)}\n`, {
      flag: 'wx',
      mode: 0o600,
    })
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
}

function environment(start) {
  const proxy = `http://127.0.0.1:${proxyPort}`
  const direct = '127.0.0.1,localhost,::1'
  return {
    ...process.env,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NO_PROXY: direct,
    no_proxy: direct,
    ...(start.envProxy ? { NODE_USE_ENV_PROXY: '1' } : {}),
    NODE_EXTRA_CA_CERTS: certificateFile,
    SSL_CERT_FILE: certificateFile,
    CURL_CA_BUNDLE: certificateFile,
    REQUESTS_CA_BUNDLE: certificateFile,
    GIT_SSL_CAINFO: certificateFile,
    OPENCLAW_GATEWAY_TOKEN: start.token,
    ...(start.openclaw ? { OPENCLAW_DISABLE_BONJOUR: '1', OPENCLAW_NO_RESPAWN: '1' } : {}),
  }
}

function run(command, args, env) {
  const child = spawn(command, args, { stdio: 'inherit', env })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`clawkeep hatch: cannot run ${command}: ${error.code}`)
    process.exit(error.code === 'ENOENT' ? exitNotFound : exitCannotRun)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0)))
}

async function main() {
  const [, , separator, command, ...args] = process.argv
  if (separator !== '--' || command === undefined) throw new Error('the image has no command to run')
  const start = await fetchStart()
  fs.writeFileSync(certificateFile, start.ca, { mode: 0o644 })
  if (start.openclaw) writeFirstOpenClawConfig()
  const listening = listenForProxyUsers()
  run(command, args, environment(start))
  for (let count = 0; count < waitingConnections; count += 1) offerConnection()
  await listening
}

main().catch((error) => {
  console.error(`clawkeep hatch: ${error.message}`)
  process.exit(exitNoHatch)
})
