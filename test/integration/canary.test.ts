import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { controlAddress } from '../../src/main/control/control-address.ts'
import { callRunningCore } from '../../src/main/control/control-client.ts'
import {
  filesIn,
  formsOf,
  type Needle,
  type Place,
  processFacts,
  search,
  type WatchedFolders,
  watchFolders,
} from '../support/canaries.ts'
import { cliHome, type CliHome, nextQuestion, requireEngine, type RunOptions, type Serving } from '../support/cli.ts'
import { containerPlaces, processesInside } from '../support/container-places.ts'
import { gatewayToken, runInside } from '../support/docker-api.ts'
import { recordingFetch } from '../support/recording-fetch.ts'
import { type EchoingWorld, startEchoingWorld } from '../support/echoing-world.ts'

/** With characters that each encoding writes in its own way. No header can carry more. */
const marker = `${randomBytes(8).toString('hex')}"\\/+&=%<${randomBytes(8).toString('hex')}`
const sealedMarker = `sealed${randomBytes(12).toString('hex')}`
const password = `canary-password ${marker}`

/** One secret for each way in which a secret is used. */
const ways = [
  'header',
  'body',
  'tunnel',
  'absolute',
  'revealed',
  'edited',
  'edited later',
  'login',
  'notes',
  'removed',
  'unused',
] as const
const secretOf = (way: (typeof ways)[number]): string => `canary-${way.replace(' ', '-')}-${marker}`

let at: CliHome
/** Where the core finds itself and puts what is temporary. */
let around: WatchedFolders
let core: Serving
let world: EchoingWorld
let client: Client
let container: string
let keySecret: string
let token: string
/** All that an MCP client received, byte for byte, and what came back to the assistant. */
const answers: Array<Place> = []
/** What commands that are not to show a secret printed. */
const printed: Array<Place> = []

const call: CliHome['call'] = (route, input) => at.call(route, input)
async function run(args: ReadonlyArray<string>, options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await at.run(args, { ...around.options, ...options })
  expect([code, stderr]).toEqual([0, ''])
  printed.push({ name: `clawkeep ${args[0]} ${args[1]}`, bytes: Buffer.from(stdout) })
  return stdout
}

/** Calls a tool, allows the question it leads to, and gives the answer's text. */
async function allowed(name: string, args: Record<string, unknown>): Promise<string> {
  const calling = client.callTool({ name, arguments: args }, undefined, { timeout: 60_000 })
  await allowNext()
  return JSON.stringify(await calling)
}

async function allowNext(): Promise<void> {
  const { id } = await nextQuestion(at)
  await call('approvals.decide', { id, decision: { answer: 'allow' } })
}

beforeAll(async () => {
  requireEngine()
  at = cliHome({ password })
  around = watchFolders(at.folder)
  world = await startEchoingWorld()
  await run(['init'])
  core = await at.serve(['--port', '0'], around.options)
  const network = [{ id: 'world', host: 'localhost', port: world.port, ca: world.ca }]
  await call('policy.set', { policy: { ...(await call('policy.get', undefined)), network } })
  for (const way of ways.filter((one) => one !== 'edited later')) {
    const kind = way === 'login' ? 'login' : 'api-key'
    const open = { name: way, hosts: [`localhost:${world.port}`], userName: `user-${sealedMarker}` }
    const notes = way === 'notes' ? secretOf('notes').repeat(20) : ''
    await call('items.add', { kind, ...open, secret: secretOf(way), notes })
  }
  await call('items.add', { kind: 'api-key', name: `name ${sealedMarker}`, secret: secretOf('unused') })
  const scopes = ['openclaw:read', 'openclaw:write', 'secrets:list', 'secrets:use'] as const
  keySecret = (await call('keys.create', { name: `client ${sealedMarker}`, scopes: [...scopes] })).secret
  const { id } = await call('assistants.create', { name: 'canary', image: 'demo', memoryMiB: 256 })
  container = (await call('assistants.start', { id })).containerId ?? ''
  token = await gatewayToken(container)
  client = new Client({ name: 'clawkeep-test', version: '1.0.0' })
  const requestInit = { headers: { authorization: `Bearer ${keySecret}` } }
  const transport = new StreamableHTTPClientTransport(new URL(core.ready.mcpUrl), {
    requestInit,
    fetch: recordingFetch((bytes) => answers.push({ name: 'an MCP answer', bytes })),
  })
  await client.connect(transport as Transport)
})

afterAll(async () => {
  await client?.close()
  if (core?.child.exitCode === null) {
    for (const { id } of await call('assistants.list', undefined))
      await call('assistants.remove', { id, withData: true })
    await core.stop()
  }
  await world?.close()
  at?.cleanup()
})

const needles = (): { secret: Needle; sealed: Needle; key: Needle; gateway: Needle } => ({
  secret: { name: 'a secret or the password', text: marker },
  sealed: { name: 'a name or words of an asker', text: sealedMarker },
  key: { name: 'the API key', text: keySecret.slice('oc_sk_'.length) },
  gateway: { name: 'the gateway token', text: token },
})

/** The home as it lies on the disk now, what lies where the core puts files elsewhere, and what the system shows of its process while it runs. */
const onDisk = (): ReadonlyArray<Place> => {
  const home = filesIn(at.home, 'home').map((place) =>
    place.name.endsWith('vault.db') || place.name.endsWith('audit.db')
      ? { ...place, witness: 'SQLite format 3' }
      : place,
  )
  const places = [...home, ...around.places()]
  return core.child.exitCode === null ? [...places, ...processFacts(core.ready.pid, 'serve')] : places
}

describe('the scan itself', () => {
  test('finds every needle in every form, at any place in other bytes', () => {
    for (const needle of Object.values(needles())) {
      const forms = formsOf(needle.text)
      expect(forms.length).toBeGreaterThanOrEqual(10)
      for (const [form, bytes] of forms) {
        const planted = { name: 'plant', bytes: Buffer.concat([randomBytes(1000), bytes, randomBytes(1000)]) }
        expect(search([planted], [needle])).toContain(`${needle.name} as ${form} in plant`)
      }
    }
  })

  test('finds what a program wrote in its own encoding, with other text around it', () => {
    const around = (text: string): string => `x${text}yz`
    for (const before of ['', 'a', 'ab']) {
      const text = before + around(secretOf('header'))
      const json = JSON.stringify({ text })
      const inUrl = [encodeURIComponent(text), new URLSearchParams({ text }).toString()]
      const inBytes = (['base64', 'base64url', 'hex'] as const).map((encoding) => Buffer.from(text).toString(encoding))
      for (const written of [json, JSON.stringify({ json }), ...inUrl, ...inBytes])
        expect(search([{ name: 'plant', bytes: Buffer.from(written) }], [needles().secret])).not.toEqual([])
    }
  })

  test('notices a place that it could not read', () => {
    expect(search([{ name: 'empty', bytes: Buffer.alloc(0), witness: 'SQLite' }], [])).toEqual([
      'empty was not read: “SQLite” is missing',
    ])
  })
})

describe('after each secret was used', () => {
  const order = (path: string, way: string): string => `https://localhost:${world.port}/${path} with {{secret:${way}}}`
  const arrived = (path: string): string => world.seen.find((one) => one.path.startsWith(path))?.text ?? 'nothing'

  test('it arrived where it was to go, and came back to nobody', async () => {
    await client.listTools()
    await client.callTool({ name: 'secrets_list', arguments: {} })
    const url = (path: string): string => `https://localhost:${world.port}/${path}?q=${sealedMarker}`
    const reason = `because ${sealedMarker}`
    const headers = { authorization: 'Bearer {{secret:header}}' }
    const inHeader = await allowed('http_request', { method: 'GET', url: url('header'), headers, reason })
    const body = `{"token":"{{secret:body}}","login":"{{secret:login}}","text":"${sealedMarker}"}`
    const json = { 'content-type': 'application/json' }
    const inBody = await allowed('http_request', { method: 'POST', url: url('body'), headers: json, body, reason })
    const message = `POST ${order('tunnel', 'tunnel').replace(' with', ` {"text":"${sealedMarker}"} with`)} because ${sealedMarker}`
    const chat = await allowed('openclaw_chat', { instance: 'canary', message, session_id: sealedMarker })
    const absolute = runInside(
      container,
      `require('http').request({ host: '127.0.0.1', port: 8118, path: 'https://localhost:${world.port}/absolute', headers: { authorization: 'Bearer {{secret:absolute}}' } },
        (answer) => { console.log(JSON.stringify(answer.headers)); answer.pipe(process.stdout) }).end()`,
    )
    await allowNext()
    answers.push({
      name: 'an answer to the assistant',
      bytes: Buffer.from(await absolute),
      witness: '[secret:absolute]',
    })

    expect(arrived('/header')).toContain(secretOf('header'))
    expect(JSON.parse(arrived('/body').trim())).toMatchObject({ token: secretOf('body'), login: secretOf('login') })
    expect(arrived('/tunnel')).toContain(secretOf('tunnel'))
    expect(arrived('/absolute')).toContain(secretOf('absolute'))
    for (const [way, text] of Object.entries({ header: inHeader, body: inBody, tunnel: chat }))
      expect(text).toContain(`[secret:${way}]`)
  })

  test('what the person does with it works: reveal, edit, notes, remove; a wrong password is refused', async () => {
    const { stdout, stderr } = await at.run(['item', 'show', 'revealed', '--reveal'])
    expect(stdout).toContain(`secret: ${secretOf('revealed')}`)
    expect(stderr).toBe('')
    await run(['item', 'edit', 'edited', '--value-file', '-'], { stdin: `${secretOf('edited later')}\n` })
    const items = await call('items.list', undefined)
    const idOf = (name: string): string => items.find((item) => item.name === name)?.id ?? ''
    expect(await call('items.reveal', { id: idOf('notes'), field: 'notes' })).toContain(secretOf('notes'))
    expect(await call('items.reveal', { id: idOf('edited'), field: 'secret' })).toBe(secretOf('edited later'))
    await run(['item', 'remove', 'removed'])
    const wrong = { route: 'items.list', input: null, password: `wrong ${password}` }
    expect(await callRunningCore(controlAddress(at.home), wrong)).toMatchObject({
      ok: false,
      error: { code: 'wrong_password' },
    })
    const refused = { method: 'GET', url: `https://localhost:${world.port}/{{secret:header}}`, reason: 'x' }
    expect(JSON.stringify(await client.callTool({ name: 'http_request', arguments: refused }))).toContain('refused')
  })

  test('no answer to a client or to the assistant holds it, nor the key, nor the gateway’s token', async () => {
    await expect.poll(() => answers.filter(({ bytes }) => bytes.includes('[secret:')).length).toBeGreaterThanOrEqual(4)
    const { secret, key, gateway } = needles()
    expect(search(answers, [secret, key, gateway])).toEqual([])
  })

  test('no file of the home holds it, nor any the core puts elsewhere, nor its process, nor what a client said or is called', async () => {
    expect(search(onDisk(), Object.values(needles()))).toEqual([])
    // The same search finds it where a core dump or a file of SQLite would lie.
    for (const plant of [join(around.options.cwd, 'core.1'), join(around.options.env.TMPDIR, 'etilqs_1')]) {
      writeFileSync(plant, marker)
      expect(search(onDisk(), Object.values(needles()))).toHaveLength(1)
      rmSync(plant)
    }
  })

  test('nothing of the container holds it: inspect, logs, processes, any file, the data volume', async () => {
    const all = Object.values(needles())
    expect(search(await containerPlaces(container), all)).toEqual([])
    const { gateway, ...others } = needles()
    const environ = {
      name: 'environments in the container',
      bytes: await processesInside(container, 'environ'),
      witness: gateway.text,
    }
    expect(search([environ], Object.values(others))).toEqual([])
    const cmdline = {
      name: 'arguments in the container',
      bytes: await processesInside(container, 'cmdline'),
      witness: 'hatch.cjs',
    }
    expect(search([cmdline], all)).toEqual([])
    // The same search finds it when it is there.
    await runInside(container, `require('fs').writeFileSync('/home/node/plant', ${JSON.stringify(marker)})`)
    expect(search(await containerPlaces(container), all)).toEqual([
      'a secret or the password as utf8 in docker cp of the data volume',
    ])
    await runInside(container, `require('fs').unlinkSync('/home/node/plant')`)
  })

  test('the audit log, as it is listed and shown, does not hold it, and has every act', async () => {
    const page = await call('audit.list', { limit: 500 })
    const kinds = new Set(page.entries.map(({ kind }) => kind))
    for (const kind of [
      'tool.call',
      'egress.request',
      'approval.decide',
      'item.reveal',
      'item.edit',
      'item.remove',
    ] as const)
      expect(kinds).toContain(kind)
    await run(['audit', 'list', '--limit', '500'])
    await run(['--json', 'audit', 'list', '--limit', '500'])
    const listed = { name: 'the audit log', bytes: Buffer.from(JSON.stringify(page)), witness: 'egress.request' }
    expect(search([listed, ...printed], Object.values(needles()))).toEqual([])
  })

  test('locked, and after the end, the home and all that was printed are as clean', async () => {
    await run(['lock'])
    expect(search(onDisk(), Object.values(needles()))).toEqual([])
    for (const { id } of await call('assistants.list', undefined))
      await call('assistants.remove', { id, withData: true })
    expect(await core.stop()).toEqual({ code: 0, signal: null })
    expect(search(onDisk(), Object.values(needles()))).toEqual([])
    const { stdout, stderr } = core.printed
    const said = [{ name: 'serve', bytes: Buffer.from(stdout + stderr), witness: '"event":"ready"' }, ...printed]
    expect(search(said, Object.values(needles()))).toEqual([])
    expect(await at.json(['audit', 'verify'])).toMatchObject({ ok: true })
  })
})
