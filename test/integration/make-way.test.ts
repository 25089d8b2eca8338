import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliHome, type Serving, cliHome, cliPassword, clawkeep, command, nextQuestion } from '../support/cli.ts'

let at: CliHome
let keyFile: string
const running: Serving[] = []

beforeAll(async () => {
  at = cliHome()
  await at.run(['init'])
  keyFile = `${at.folder}/client.key`
  await at.json(['key', 'create', '--name', 'c', '--scopes', 'secrets:list,secrets:use', '--out', keyFile])
  const value = at.file('v', 's')
  const host = ['--host', 'garden.example']
  await at.run(['item', 'add', '--kind', 'api-key', '--name', 'garden', ...host, '--value-file', value])
})
afterAll(async () => {
  for (const core of running) await core.stop('SIGKILL')
  await stop()
  at.cleanup()
})

async function served(): Promise<Serving> {
  const core = await at.serve()
  running.push(core)
  return core
}

/** A client whose bridge starts a core when there is none. */
async function starter(): Promise<Client> {
  const client = new Client({ name: 'starter', version: '1' })
  const args = [command, '--home', at.home, 'mcp', '--key-file', keyFile, '--start']
  await client.connect(new StdioClientTransport({ command: process.execPath, args }) as Transport)
  return client
}

const status = () => at.call('status.get', null)
const stop = () => at.run(['stop'], { password: false })
const ask = (client: Client, path: string) =>
  client.callTool({
    name: 'http_request',
    arguments: {
      method: 'POST',
      url: `https://garden.example/${path}`,
      headers: { authorization: 'Bearer {{secret:garden}}' },
      reason: 'Water them.',
    },
  })
/** What a client hears of a call that ended with the core. */
const ending = { structuredContent: { error: { message: expect.stringMatching(/Clawkeep (was closed|is closing)/) } } }

test('serve by hand takes the place of a core that a client started; its open question ends in words, and its bridge goes on', async () => {
  const client = await starter()
  const before = await status()
  await at.call('vault.unlock', { password: cliPassword })
  const open = ask(client, 'a')
  await nextQuestion(at)
  const core = await served()
  expect(await open).toMatchObject(ending)
  expect(await status()).toMatchObject({ pid: core.child.pid })
  expect(() => process.kill(before.pid, 0)).toThrow('ESRCH')
  expect((await client.listTools()).tools.length).toBeGreaterThan(1)
  // Whoever a person started stays, whatever starts after it.
  const again = await at.run(['serve', '--port', '0'])
  expect(again).toMatchObject({ code: 1, stdout: '' })
  expect(again.stderr).toContain(`Another Clawkeep (process ${core.child.pid}) is using this folder.`)
  expect(again.stderr).toContain('`clawkeep stop`')
  expect(await status()).toMatchObject({ pid: core.child.pid })
  await client.close()
})

test('stop ends a core that was started by hand, without a password; the folder is free when it returns', async () => {
  const core = running.at(-1) ?? (await served())
  const client = await starter()
  const open = ask(client, 'b')
  await nextQuestion(at)
  expect(await stop()).toEqual({ code: 0, stdout: 'Clawkeep has stopped.\n', stderr: '' })
  expect(await open).toMatchObject(ending)
  expect(await core.stop()).toEqual({ code: 0, signal: null })
  expect(await at.json(['item', 'list'])).toHaveLength(1)
  const { entries } = await at.json<{ entries: ReadonlyArray<{ kind: string; asker: unknown }> }>(['audit', 'list'])
  expect(entries.find(({ kind }) => kind === 'vault.lock')?.asker).toEqual({ kind: 'person', id: 'cli' })
  await client.close()
})

test('stop ends a core that a client started', async () => {
  const client = await starter()
  const { pid } = await status()
  expect(await stop()).toMatchObject({ code: 0, stdout: 'Clawkeep has stopped.\n' })
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  await client.close()
})

test('stop says so when nothing runs, also twice and for a folder that is none, and makes nothing there', async () => {
  const not = (home: string) => ({ code: 0, stdout: `No Clawkeep is running for ${home}.\n`, stderr: '' })
  expect(await Promise.all([stop(), stop()])).toEqual([not(at.home), not(at.home)])
  const nowhere = join(at.folder, 'nowhere')
  const other = join(at.folder, 'other')
  mkdirSync(other)
  for (const home of [nowhere, other]) expect(await clawkeep(['--home', home, 'stop'])).toEqual(not(home))
  expect(existsSync(nowhere)).toBe(false)
  expect(readdirSync(other)).toEqual([])
  expect(JSON.parse((await clawkeep(['--json', '--home', other, 'stop'])).stdout)).toEqual({ stopped: false })
})
