import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Introspector, ProviderSource } from '../../src/main/mcp/introspector.ts'
import { Provider } from '../../src/shared/models/provider.ts'

export type Said = Record<string, unknown>
export type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** The address that tokens are for in these tests. */
export const resource = 'http://127.0.0.1:7420/mcp'

/** A provider that answers what no honest one would. */
export type FakeProvider = { readonly url: string; readonly asked: string[]; listener: Listener; close(): void }

export async function startFakeProvider(
  listener: Listener = (_request, response) => json(response, good()),
): Promise<FakeProvider> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      provider.asked.push(new URLSearchParams(body).get('token') ?? '')
      provider.listener(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider: FakeProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`,
    asked: [],
    listener,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return provider
}

export const nowS = (): number => Math.floor(Date.now() / 1000)

/** What an honest provider says about a live token. */
export function good(more: Said = {}): Said {
  const base = {
    active: true,
    client_id: 'agent',
    sub: 'ada',
    token_type: 'Bearer',
    scope: 'openclaw:read',
    aud: resource,
  }
  return { ...base, exp: nowS() + 600, ...more }
}

export function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

export type FakeSource = ProviderSource & { value: Provider | 'locked' | null; change(): void }

/** Settings that name the fake provider; `value` and `change` are the person's hand. */
export function fakeSource(url: string, more: Partial<Provider> = {}): FakeSource {
  const listeners: Array<() => void> = []
  return {
    value: Provider.parse({ introspectionEndpoint: url, clientId: 'clawkeep', clientSecret: 'shh', ...more }),
    current() {
      return this.value
    },
    onChange: (listener) => void listeners.push(listener),
    change: () => listeners.forEach((listener) => listener()),
    failed: () => undefined,
  }
}

/** The scopes a token opens, else the status or the reason of the refusal. */
export async function outcome(introspector: Introspector, token = 'token'): Promise<string | number> {
  const checked = await introspector.check(token, {
    resource,
    source: 'loopback',
    signal: new AbortController().signal,
  })
  if (checked.ok) return checked.client.scopes.join(' ')
  return checked.reason === 'refused' ? checked.refusal.status : checked.reason
}
