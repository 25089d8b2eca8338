import { request } from 'node:http'

const socketPath = process.env['DOCKER_HOST']?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock'

/** One call of Docker's HTTP interface, past all of Clawkeep's own code: what a test checks it with. */
export function docker(method: string, path: string, body?: unknown): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const headers = bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length }
    const sent = request({ socketPath, method, path, headers, agent: false })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const parts: Array<Buffer> = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const answer = Buffer.concat(parts)
        if ((response.statusCode ?? 500) < 400) resolve(answer)
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer.toString()}`))
      })
    })
    sent.end(bytes)
  })
}

/** The same, with a JSON answer. */
export async function dockerJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  return JSON.parse((await docker(method, path, body)).toString()) as T
}

/** What `docker inspect` shows, as far as the tests look. */
export type Inspected = {
  readonly Id: string
  readonly State: { readonly Status: string; readonly Pid: number }
  readonly Config: {
    readonly User: string
    readonly Env: ReadonlyArray<string>
    readonly Labels: Readonly<Record<string, string>>
  }
  readonly HostConfig: Readonly<Record<string, unknown>>
  readonly Mounts: ReadonlyArray<{
    readonly Type: string
    readonly Destination: string
    readonly RW: boolean
    readonly Name?: string
  }>
  readonly NetworkSettings: {
    readonly Ports: unknown
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>>
  }
}

export function inspect(container: string): Promise<Inspected> {
  return dockerJson('GET', `/containers/${container}/json`)
}

/** Containers with these labels, running or not. */
export function containersOf(
  ...labels: ReadonlyArray<string>
): Promise<ReadonlyArray<{ readonly Id: string; readonly State: string }>> {
  return dockerJson('GET', `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify({ label: labels }))}`)
}

/** Runs a piece of JavaScript inside a container, as the container's own user, and gives what it printed. */
export async function runInside(container: string, script: string): Promise<string> {
  const { Id } = await dockerJson<{ Id: string }>('POST', `/containers/${container}/exec`, {
    AttachStdout: true,
    AttachStderr: true,
    Cmd: ['/usr/bin/node', '-e', script],
  })
  const stream = await docker('POST', `/exec/${Id}/start`, { Detach: false, Tty: false })
  let text = ''
  for (let at = 0; at + 8 <= stream.length; at += 8 + stream.readUInt32BE(at + 4))
    text += stream.toString('utf8', at + 8, at + 8 + stream.readUInt32BE(at + 4))
  return text
}

/** The gateway's token, from where alone it may be: the environment of the gateway's process. */
export async function gatewayToken(container: string): Promise<string> {
  const script = `const fs = require('fs')
    for (const pid of fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)) {
      try {
        const entry = fs.readFileSync('/proc/' + pid + '/environ', 'utf8').split('\\0').find((text) => text.startsWith('OPENCLAW_GATEWAY_TOKEN='))
        if (entry) console.log(entry.split('=')[1])
      } catch {}
    }`
  return (await runInside(container, script)).trim()
}
