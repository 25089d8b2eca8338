import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { Broker, type HttpRequestInput } from '../../../src/main/broker/broker.ts'
import type { Limits } from '../../../src/main/broker/upstream.ts'
import { defaultPolicy } from '../../../src/main/policy/policy.ts'
import type { NetworkException } from '../../../src/shared/models/policy.ts'
import { createTestVault, type TestVault } from '../../support/vault.ts'
import { certificate, serve, serveRaw, type Respond, type Upstream } from './upstream-servers.ts'

/** The value of the item `github`: a character of every kind that some encoding writes differently. */
export const secret = 'tok_/+"\\<&>_äöü_0123456789'

/** A broker on a real vault with the items `github` (some hosts) and `plain` (none), for every test of a file. */
export class BrokerBench {
  store!: TestVault
  itemId = ''
  broker!: Broker
  /** The network exceptions of the policy. */
  network: NetworkException[] = []
  readonly #servers: Upstream[] = []

  static use(): BrokerBench {
    const bench = new BrokerBench()
    beforeAll(async () => {
      bench.store = await createTestVault()
      bench.itemId = bench.addItem('github', ['localhost', 'api.github.com', '*.example.com'])
      bench.addItem('plain', [], 'x')
    })
    beforeEach(() => {
      bench.network = []
      bench.broker = bench.brokerWith({})
    })
    afterEach(() => bench.#closeServers())
    afterAll(() => bench.store.cleanup())
    return bench
  }

  brokerWith(limits: Partial<Limits>): Broker {
    const { items } = this.store.vault
    return new Broker({
      items,
      vault: this.store.vault,
      policy: () => ({ ...defaultPolicy, network: this.network }),
      limits,
    })
  }

  addItem(name: string, hosts: string[], value = secret): string {
    return this.store.vault.items.add({ kind: 'api-key', name, hosts, userName: '', secret: value, notes: '' }).id
  }

  /** Starts a server, opens it in the policy and adds it to the item's hosts. */
  async upstream(
    respond: Respond,
    options: Parameters<typeof serve>[1] = {},
  ): Promise<{ server: Upstream; url: string }> {
    const server = await serve(respond, options)
    this.#servers.push(server)
    this.allow(server.port)
    return { server, url: `${options.plain === true ? 'http' : 'https'}://localhost:${server.port}/path?q=1` }
  }

  /** The same for a server that answers with bare bytes; over http. */
  async raw(talk: Parameters<typeof serveRaw>[0]): Promise<string> {
    const server = await serveRaw(talk)
    this.#servers.push(server)
    this.allow(server.port)
    return `http://localhost:${server.port}/`
  }

  allow(port: number, more: Partial<NetworkException> = {}): void {
    this.network = [{ id: 'test', host: 'localhost', port, ca: certificate.ca, note: '', ...more }]
    const hosts = ['api.github.com', '*.example.com', `localhost:${port}`, `127.0.0.1:${port}`]
    this.store.vault.items.edit(this.itemId, { hosts })
  }

  async #closeServers(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close()))
  }
}

/** A GET with the secret in its Authorization header. */
export function request(url: string, more: Partial<HttpRequestInput> = {}): HttpRequestInput {
  const headers = [{ name: 'Authorization', value: 'Bearer {{secret:github}}' }]
  return { method: 'GET', url, headers, body: null, ...more }
}

/** A header as the server saw it. */
export function headerSeen(server: Upstream, name: string): string | undefined {
  const raw = server.seen[0]?.rawHeaders ?? []
  return raw[raw.findIndex((entry, index) => index % 2 === 0 && entry.toLowerCase() === name) + 1]
}
