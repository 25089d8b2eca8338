import { Client as CurrentClient } from '@modelcontextprotocol/client'
import { StdioClientTransport as CurrentTransport } from '@modelcontextprotocol/client/stdio'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CliHome, type Serving, cliHome, cliPassword, command, nextQuestion } from '../support/cli.ts'
import type { CallAnswer, CallOptions } from '../support/mcp.ts'

type Bridged = {
  readonly tools: () => Promise<ReadonlyArray<{ readonly name: string }>>
  readonly call: (name: string, args?: Record<string, unknown>, options?: CallOptions) => Promise<CallAnswer>
  readonly pid: () => number | null
  readonly close: () => Promise<void>
}

let at: CliHome
let keyFile: string
let serving: Serving | null = null

beforeAll(async () => {
  at = cliHome()
  await at.run(['init'])
  keyFile = `${at.folder}/client.key`
  await at.json([
    'key',
    'create',
    '--name',
    'c',
    '--scopes',
    'openclaw:read,secrets:list,secrets:use',
    '--out',
    keyFile,
  ])
  await at.run([
    'item',
    'add',
    '--kind',
    'api-key',
    '--name',
    'garden',
    '--host',
    'garden.example',
    '--value-file',
    at.file('v', 's'),
  ])
})
afterAll(async () => {
  await serving?.stop()
  at.cleanup()
})

const parameters = (more: ReadonlyArray<string>) => ({
  command: process.execPath,
  args: [command, '--home', at.home, 'mcp', '--key-file', keyFile, ...more],
})
const info = { name: 'stdio-test', version: '1.2.3' }
const options = ({ signal, onProgress }: CallOptions) => ({
  timeout: 100_000,
  ...(signal === undefined ? {} : { signal }),
  ...(onProgress === undefined ? {} : { onprogress: onProgress }),
})

async function first(...more: ReadonlyArray<string>): Promise<Bridged> {
  const client = new FirstClient(info)
  const transport = new FirstTransport(parameters(more))
  await client.connect(transport as Transport)
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, args = {}, how = {}) =>
      (await client.callTool({ name, arguments: args }, undefined, options(how))) as unknown as CallAnswer,
    pid: () => transport.pid,
    close: () => client.close(),
  }
}

async function current(...more: ReadonlyArray<string>): Promise<Bridged> {
  const client = new CurrentClient(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  const transport = new CurrentTransport(parameters(more))
  await client.connect(transport)
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, args = {}, how = {}) =>
      (await client.callTool({ name, arguments: args }, options(how))) as unknown as CallAnswer,
    pid: () => transport.pid,
    close: () => client.close(),
  }
}

const eras: ReadonlyArray<readonly [string, typeof first]> = [
  ['2025-11-25', first],
  ['2026-07-28', current],
]

const status = () => at.call('status.get', null)
const unlock = () => at.call('vault.unlock', { password: cliPassword })
const lock = () => at.call('vault.lock', null)
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const question = (path: string) => ({
  method: 'POST',
  url: `https://garden.example/${path}`,
  headers: { authorization: 'Bearer {{secret:garden}}' },
  reason: 'Water them.',
})

test('two bridges that start Clawkeep at once share one locked core, which outlives them', async () => {
  const bridges = await Promise.all([first('--start'), current('--start')])
  for (const bridge of bridges) expect((await bridge.tools()).length).toBeGreaterThan(2)
  const { pid, vault } = await status()
  expect(vault).toBe('locked')
  await Promise.all(bridges.map((bridge) => bridge.close()))
  expect(await status()).toMatchObject({ pid, vault: 'locked' })
  const third = await first('--start')
  expect(await status()).toMatchObject({ pid })
  await third.close()
  process.kill(pid, 'SIGTERM')
  await expect.poll(() => status().catch(() => null), { timeout: 10_000 }).toBeNull()
})

test('clients of both eras that start their bridge before Clawkeep is there are served when it comes', async () => {
  const connecting = Promise.all(eras.map(([, connect]) => connect()))
  const [served] = await Promise.all([connecting, sleep(5_000).then(async () => (serving = await at.serve()))])
  for (const bridge of served) {
    expect((await bridge.tools()).length).toBeGreaterThan(2)
    await bridge.close()
  }
})

test.each([
  ['no key was given', [], 'No API key was given.'],
  ['the key file is not there', ['--key-file', '/nowhere/client.key'], '/nowhere/client.key'],
])('a bridge ends at once with the reason when %s', async (_name, args, said) => {
  const { code, stdout, stderr } = await at.run(['mcp', ...args], { stdin: '' })
  expect(code).not.toBe(0)
  expect(stderr).toContain(said)
  expect(stdout).toBe('')
})

describe.each(eras)('a client of %s', (era, connect) => {
  let bridge: Bridged

  beforeAll(async () => {
    serving ??= await at.serve()
    bridge = await connect()
  })
  afterAll(() => bridge.close())

  test('waits for the unlock, hears that it does, and gets its answer', async () => {
    await lock()
    const heard: Array<{ progress: number; message?: string | undefined }> = []
    const call = bridge.call('openclaw_instances', {}, { onProgress: (progress) => heard.push(progress) })
    await expect.poll(() => heard.length, { timeout: 15_000 }).toBeGreaterThan(1)
    await unlock()
    expect(await call).toMatchObject({ structuredContent: { total: 0 } })
    expect(heard[0]?.message).toMatch(/^Clawkeep is locked\. Waiting until the person unlocks it, 5:00 left\.$/)
    expect(heard.map(({ progress }) => progress)).toEqual(
      heard.map(({ progress }) => progress).toSorted((a, b) => a - b),
    )
  })

  test('may cancel while it waits: the call is never made', async () => {
    await lock()
    const before = await at.call('audit.list', { limit: 1 })
    const stop = new AbortController()
    const told = { signal: stop.signal, onProgress: () => undefined }
    const call = bridge.call('secrets_list', {}, told).catch((error: Error) => error)
    await sleep(800)
    stop.abort(new Error('enough'))
    expect(await call).toBeInstanceOf(Error)
    await unlock()
    await sleep(1_000)
    const { entries } = await at.call('audit.list', { limit: 20 })
    const since = entries.filter(({ index }) => index > (before.entries[0]?.index ?? 0))
    expect(since.filter(({ tool }) => tool === 'secrets_list')).toEqual([])
  })

  test('that does not want to hear of progress is told "locked" at once', async () => {
    await lock()
    const startedMs = performance.now()
    expect(await bridge.call('secrets_list')).toMatchObject({ structuredContent: { error: { code: 'locked' } } })
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    await unlock()
  })

  test('cancels a call that waits for the person', async () => {
    const stop = new AbortController()
    const call = bridge
      .call('http_request', question(`cancelled-${era}`), { signal: stop.signal })
      .catch((error: Error) => error)
    const { id } = await nextQuestion(at)
    stop.abort(new Error('enough'))
    expect(await call).toBeInstanceOf(Error)
    const ends = async () =>
      (await at.call('audit.list', { limit: 20 })).entries.find(
        ({ tool, phase }) => tool === 'http_request' && phase === 'close',
      )?.outcome
    await expect.poll(ends, { timeout: 5_000 }).toBe('cancelled')
    // The question stays for a client that comes back.
    await at.call('approvals.decide', { id, decision: { answer: 'deny', reason: '' } })
  })

  test('finds a core that came back on another port, and learns what became of the call that was open', async () => {
    const call = bridge.call('http_request', question(`open-${era}`)).catch((error: Error) => error)
    await nextQuestion(at)
    const before = serving?.ready.mcpUrl
    await serving?.stop('SIGKILL')
    const listed = bridge.tools()
    expect(await call).toMatchObject({ message: expect.stringContaining('carried out is not known') })
    serving = await at.serve()
    expect(serving.ready.mcpUrl).not.toBe(before)
    expect((await listed).length).toBeGreaterThan(2)
    expect(await bridge.call('openclaw_instances')).toMatchObject({ structuredContent: { total: 0 } })
  })
})

test('clients of both eras go on after a silence in which every connection was closed', async () => {
  serving ??= await at.serve()
  const bridges = await Promise.all(eras.map(([, connect]) => connect()))
  for (const bridge of bridges) await bridge.tools()
  await sleep(11_000)
  for (const bridge of bridges) {
    expect(await bridge.call('openclaw_instances')).toMatchObject({ structuredContent: { total: 0 } })
    expect((await bridge.tools()).length).toBeGreaterThan(2)
  }
  await Promise.all(bridges.map((bridge) => bridge.close()))
})
