// A web page that is an MCP client: it signs in by leaving for Clawkeep and coming back, as pages do, with either SDK. What it
// keeps is in the tab's session storage. `?server=` names the server, `?sdk=` the SDK.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const info = { name: 'web-page', version: '1.0.0' }
const asked = new URLSearchParams(location.search)
for (const name of ['server', 'sdk']) if (asked.has(name)) sessionStorage.setItem(name, asked.get(name))
const server = new URL(sessionStorage.getItem('server'))
const isFirst = sessionStorage.getItem('sdk') === 'first'
const redirectUrl = `${location.origin}/`

const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? undefined
const keep = (name) => (value) => sessionStorage.setItem(name, JSON.stringify(value))
const authProvider = {
  redirectUrl,
  clientMetadata: { client_name: 'Web page', redirect_uris: [redirectUrl], token_endpoint_auth_method: 'none' },
  state: () => 'state-of-the-page',
  clientInformation: () => kept('client'),
  saveClientInformation: keep('client'),
  tokens: () => kept('tokens'),
  saveTokens: keep('tokens'),
  codeVerifier: () => kept('verifier'),
  saveCodeVerifier: keep('verifier'),
  redirectToAuthorization: (url) => location.assign(url),
}

function newTransport() {
  return isFirst
    ? new FirstTransport(server, { authProvider })
    : new StreamableHTTPClientTransport(server, { authProvider })
}

async function work() {
  if (asked.has('code')) await newTransport().finishAuth(isFirst ? asked.get('code') : asked)
  const client = isFirst ? new FirstClient(info) : new Client(info, { versionNegotiation: { mode: 'auto' } })
  const transport = newTransport()
  await client.connect(transport)
  const { tools } = await client.listTools()
  const { isError } = await client.callTool({ name: 'openclaw_instances', arguments: {} })
  const session = transport.sessionId
  if (isFirst) await transport.terminateSession()
  await client.close()
  return { tools: tools.map(({ name }) => name), isError: isError ?? false, hadSession: session !== undefined }
}

const show = (value) => (document.querySelector('output').textContent = JSON.stringify(value))
work().then(show, (error) => {
  // The page is leaving for the sign-in.
  if (!/unauthorized/i.test(`${error.name} ${error.message}`)) show({ error: String(error) })
})
