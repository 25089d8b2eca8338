import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { personAt } from '../support/consent.ts'
import { type McpCore, startMcpCore } from '../support/mcp.ts'
import { oauthAt } from '../support/oauth.ts'
import { freePort } from '../support/free-port.ts'

// The authorization server part of the official suite, with a person who says yes and a browser that follows.
// Both of its scenarios apply, so there are no expected failures.

const suite = dirname(fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/package.json')))

let core: McpCore

beforeAll(async () => {
  core = await startMcpCore()
})
afterAll(() => core.close())

test('the authorization server passes the official suite: metadata and the code grant', async () => {
  const oauth = oauthAt(core)
  const port = await freePort()
  const clientId = await oauth.clientId({
    client_name: 'conformance',
    redirect_uris: [`http://127.0.0.1:${port}/callback`],
  })
  const settings = ['--url', oauth.origin, '--client-id', clientId, '--port', String(port), '--resource', core.url]
  const child = spawn(process.execPath, [join(suite, 'dist/index.js'), 'authorization', ...settings], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const visits: Array<Promise<void>> = []
  const read = (chunk: Buffer): void => {
    output += chunk.toString()
    const url = new RegExp(`${oauth.origin}/authorize\\?\\S+`).exec(output)?.[0]
    if (url !== undefined && visits.length === 0) visits.push(visit(url))
  }
  const visit = async (url: string): Promise<void> => {
    const begun = await oauth.get(url.slice(oauth.origin.length))
    await personAt(core).decide({ answer: 'allow' })
    await fetch(await oauth.follow(begun))
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const code = await new Promise((resolve) => child.once('close', resolve))
  await Promise.all(visits)
  expect([code, output]).toEqual([0, expect.not.stringMatching(/FAILURE|SKIPPED|✗/)])
  expect(output).toContain('authorization-server-metadata-endpoint')
  expect(output).toContain('authorization-code-grant')
})
