import {
  Client as CurrentClient,
  type OAuthClientProvider,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport as CurrentTransport,
} from '@modelcontextprotocol/client'
import type { OAuthClientProvider as FirstProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CallAnswer } from './mcp.ts'

/** What a program keeps of its sign-in; its browser is a plain HTTP client that follows where it is sent. */
export class ProgramSide implements OAuthClientProvider {
  readonly redirectUrl = 'http://127.0.0.1:33418/callback'
  readonly clientMetadata = {
    client_name: 'Cursor',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  #information: StoredOAuthClientInformation | undefined
  #tokens: StoredOAuthTokens | undefined
  #verifier = ''
  /** Where the browser was sent last, until `browse` takes it. */
  opened: URL | null = null

  state(): string {
    return 'state-of-the-program'
  }
  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.#information
  }
  saveClientInformation(information: StoredOAuthClientInformation): void {
    this.#information = information
  }
  tokens(): StoredOAuthTokens | undefined {
    return this.#tokens
  }
  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens
  }
  redirectToAuthorization(url: URL): void {
    this.opened = url
  }
  /** As a program that is told to sign in anew. */
  forgetTokens(): void {
    this.#tokens = undefined
  }
  /** Told by the SDK what the server does not take any more. */
  invalidateCredentials(what: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (what === 'all' || what === 'client') this.#information = undefined
    if (what === 'all' || what === 'tokens') this.#tokens = undefined
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }
  codeVerifier(): string {
    return this.#verifier
  }

  /** Opens the address and follows it, until it leads back to the program. */
  async browse(): Promise<URLSearchParams> {
    let at = this.opened
    this.opened = null
    const cookies = new Map<string, string>()
    for (let looks = 0; at !== null && looks < 300; looks++) {
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
      for (const line of answer.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
        cookies.set(name, value)
      }
      const location = answer.headers.get('location')
      if (location?.startsWith(this.redirectUrl) === true) return new URL(location).searchParams
      if (location !== null) at = new URL(location, at)
      else await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('The browser never came back')
  }
}

export type SignedIn = {
  tools(): Promise<ReadonlyArray<string>>
  call(name: string, args?: Record<string, unknown>): Promise<CallAnswer>
  close(): Promise<void>
}

/** A client of one SDK: `connect` rejects with UnauthorizedError when the person has to be asked first. */
export type OAuthClient = {
  /** It asks for more scopes by itself; the first SDK renews its tokens instead, as long as it has a refresh token. */
  readonly stepsUp: boolean
  readonly connect: (url: string, program: ProgramSide) => Promise<SignedIn>
  /** Brings what the browser brought back. */
  readonly finish: (url: string, program: ProgramSide, answer: URLSearchParams) => Promise<void>
}

const info = { name: 'clawkeep-test', version: '1.0.0' }

const first: OAuthClient = {
  stepsUp: false,
  connect: async (url, program) => {
    const client = new FirstClient(info)
    const authProvider = program as unknown as FirstProvider
    await client.connect(new FirstTransport(new URL(url), { authProvider }) as Transport)
    return {
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, args = {}) => (await client.callTool({ name, arguments: args })) as unknown as CallAnswer,
      close: () => client.close(),
    }
  },
  finish: (url, program, answer) =>
    new FirstTransport(new URL(url), { authProvider: program as unknown as FirstProvider }).finishAuth(
      answer.get('code') ?? '',
    ),
}

const current: OAuthClient = {
  stepsUp: true,
  connect: async (url, program) => {
    const client = new CurrentClient(info, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new CurrentTransport(new URL(url), { authProvider: program }))
    return {
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, args = {}) => (await client.callTool({ name, arguments: args })) as unknown as CallAnswer,
      close: () => client.close(),
    }
  },
  finish: (url, program, answer) => new CurrentTransport(new URL(url), { authProvider: program }).finishAuth(answer),
}

export const oauthClients: ReadonlyArray<[name: string, client: OAuthClient]> = [
  ['the first SDK', first],
  ['the current SDK', current],
]
