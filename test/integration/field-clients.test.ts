import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type McpCore, canary, password, startMcpCore } from '../support/mcp.ts'

// Programs that people really put before a server: `mcp-remote`, which gives HTTP servers to clients that only know stdio,
// and the Inspector's command line. Each runs as its own process, with a home of its own.

const require = createRequire(import.meta.url)

let core: McpCore
let home: string
let secret: string

beforeAll(async () => {
  core = await startMcpCore()
  home = mkdtempSync(join(tmpdir(), 'clawkeep-field-'))
  secret = core.key().secret
})
afterAll(async () => {
  await core.close()
  rmSync(home, { recursive: true, force: true })
})

function environment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, USERPROFILE: home, NO_UPDATE_NOTIFIER: '1' }
}

const remote = join(dirname(require.resolve('mcp-remote/package.json')), 'dist/proxy.js')
const inspector = join(
  dirname(require.resolve('@modelcontextprotocol/inspector/package.json')),
  'clients/launcher/build/index.js',
)

async function allowNext(): Promise<void> {
  await expect.poll(() => core.approvals.pendingCount, { timeout: 10_000 }).toBe(1)
  await core.approvals.decide(core.approvals.list()[0]?.id ?? '', { answer: 'allow' }, 'window')
}

const request = {
  method: 'POST',
  headers: { Authorization: 'Bearer {{secret:github}}' },
  body: 'title: hello',
  reason: 'File the issue you asked for.',
}

describe('mcp-remote', () => {
  async function connect(): Promise<FirstClient> {
    const headerFile = join(home, 'headers.txt')
    writeFileSync(headerFile, `Authorization: Bearer ${secret}\n`, { mode: 0o600 })
    const client = new FirstClient({ name: 'field-test', version: '1.0.0' })
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [remote, core.url, '--header-file', headerFile, '--transport', 'http-only', '--allow-http', '--silent'],
      env: environment(),
      stderr: 'pipe',
    })
    await client.connect(transport as Transport)
    return client
  }

  test('lists, calls, waits for the person, and goes on over a lock', async () => {
    const client = await connect()
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('http_request')
    expect(await client.callTool({ name: 'openclaw_instances' })).toMatchObject({
      structuredContent: { instances: [{ name: 'demo' }] },
    })
    const call = client.callTool({ name: 'http_request', arguments: { ...request, url: `${core.upstream.url}/x` } })
    await allowNext()
    const answer = await call
    expect(answer.structuredContent).toMatchObject({ status: 201 })
    expect(JSON.stringify(answer)).not.toContain(canary)
    core.vault.lock()
    expect(await client.callTool({ name: 'openclaw_instances' })).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'locked' } },
    })
    await core.vault.unlock(password)
    expect(await client.callTool({ name: 'openclaw_instances' })).toMatchObject({
      structuredContent: { instances: [{ name: 'demo' }] },
    })
    await client.close()
  })
})

describe.each(['legacy', 'auto', 'modern'])('the Inspector (%s)', (era) => {
  function inspect(
    args: ReadonlyArray<string>,
    key = secret,
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const common = ['--cli', '--server-url', core.url, '--transport', 'http', '--protocol-era', era]
    const all = [inspector, ...common, '--header', `Authorization: Bearer ${key}`, '--format', 'json', '-q', ...args]
    return new Promise((resolve) => {
      execFile(process.execPath, all, { env: environment(), timeout: 60_000 }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      )
    })
  }

  test('lists the tools', async () => {
    const { code, stdout } = await inspect(['--method', 'tools/list'])
    expect(code).toBe(0)
    expect(stdout).toContain('"openclaw_chat"')
  })

  test('calls one that the person allows', async () => {
    const args = Object.entries({ ...request, url: `${core.upstream.url}/${era}` }).flatMap(([name, value]) => [
      '--tool-arg',
      `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ])
    const call = inspect(['--method', 'tools/call', '--tool-name', 'http_request', ...args])
    await allowNext()
    const { code, stdout } = await call
    expect([code, stdout]).toEqual([0, expect.stringContaining('"status"')])
    expect(core.upstream.seen.at(-1)?.url).toBe(`/${era}`)
    expect(stdout).not.toContain(canary)
  })

  test('is told that a wrong key is wrong', async () => {
    const { code } = await inspect(['--method', 'tools/list'], `oc_sk_${'0'.repeat(48)}`)
    expect(code).toBe(3)
  })
})
