import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type McpCore, canary, password, startMcpCore } from '../../support/mcp.ts'

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore({ limits: { perSecond: 1000, burst: 1000 } })
})
afterAll(() => core.close())

async function connect(mode: 'legacy' | 'auto', secret: string): Promise<Client> {
  const client = new Client({ name: 'reader', version: '1' }, { versionNegotiation: { mode } })
  const requestInit = { headers: { authorization: `Bearer ${secret}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(core.url), { requestInit }))
  return client
}

async function callLong(client: Client): Promise<{ text: string; link: { uri: string }; rest: { pages: number } }> {
  const args = {
    method: 'GET',
    url: `${core.upstream.url}/long`,
    headers: { Authorization: 'Bearer {{secret:github}}' },
    reason: 'test',
  }
  const call = client.callTool({ name: 'http_request', arguments: args })
  await expect.poll(() => core.approvals.pendingCount).toBe(1)
  await core.approvals.decide(core.approvals.list()[0]?.id ?? '', { answer: 'allow' }, 'window')
  const { content, structuredContent } = await call
  const [text, link] = content as unknown as [{ text: string }, { uri: string }]
  return { text: text.text, link, ...(structuredContent as { rest: { pages: number } }) }
}

async function readAll(client: Client, uri: string, pages: number): Promise<string> {
  let all = ''
  for (let page = 1; page <= pages; page++) {
    const { contents } = await client.readResource({ uri: `${uri}/${page}` })
    all += (contents[0] as { text: string }).text
  }
  return all
}

describe.each(['legacy', 'auto'] as const)('a long answer (%s)', (mode) => {
  test('comes with a link to the whole of it, in pages, without the secret that was cut in two', async () => {
    const { secret } = core.key()
    const client = await connect(mode, secret)
    const { text, link, rest } = await callLong(client)
    expect(text).toContain(`page 1 of ${rest.pages}; read ${link.uri}/2`)
    expect((await client.listResources()).resources).toMatchObject([{ uri: link.uri }])
    const all = await readAll(client, link.uri, rest.pages)
    expect(all).toMatch(/^ü+Bearer .*(€uro )+$/)
    expect(all).not.toContain(canary.slice(0, 12))
    expect(all).not.toContain(canary.slice(-12))
    await client.close()
  })

  test('is unknown to another client, and to its own after a lock; both are in the log', async () => {
    const own = core.key()
    const other = core.key()
    const client = await connect(mode, own.secret)
    const stranger = await connect(mode, other.secret)
    const { link } = await callLong(client)
    await expect(stranger.readResource({ uri: link.uri })).rejects.toMatchObject({ code: -32602 })
    await client.readResource({ uri: link.uri })
    core.vault.lock()
    await core.vault.unlock(password)
    const again = await connect(mode, own.secret)
    await expect(again.readResource({ uri: link.uri })).rejects.toMatchObject({ code: -32602 })
    await core.audit.flush()
    const outcomes = (askerId: string): unknown[] =>
      core.audit
        .list({ limit: 50, kinds: ['tool.call'], askerId })
        .entries.filter(({ tool }) => tool === 'resources/read')
        .map(({ outcome }) => outcome)
    expect(outcomes(own.key.id)).toEqual(['failed', 'ok'])
    expect(outcomes(other.key.id)).toEqual(['failed'])
    await Promise.allSettled([client.close(), stranger.close(), again.close()])
  })

  test('tells its own client, and nobody else, that the list changed', async () => {
    const clients = [await connect(mode, core.key().secret), await connect(mode, core.key().secret)] as const
    const heard = [0, 0]
    const listening = clients.map(async (client, at) => {
      client.setNotificationHandler('notifications/resources/list_changed', () => {
        heard[at] = (heard[at] ?? 0) + 1
      })
      return mode === 'auto' ? client.listen({ resourcesListChanged: true }) : null
    })
    const subscriptions = await Promise.all(listening)
    await callLong(clients[0])
    await expect.poll(() => heard[0]).toBe(1)
    expect(heard[1]).toBe(0)
    for (const subscription of subscriptions) await subscription?.close()
    await Promise.allSettled(clients.map((client) => client.close()))
  })
})
