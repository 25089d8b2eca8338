import type { ServerResponse } from 'node:http'

/** One request to a route that needs no token; Host, Origin, media type, size and rate have been checked. */
export type OpenExchange = {
  readonly method: string
  readonly query: URLSearchParams
  /** The whole body as text; empty when there is none. */
  readonly body: string
  /** Scheme, host and port as the client called them: `http://127.0.0.1:7420`. */
  readonly origin: string
  /** Where it came from, as the limits count it. */
  readonly source: string
  readonly response: ServerResponse
}

/** A route that anyone may call: the table of them is all there is beside `/mcp` and `/healthz`. */
export type OpenRoute = {
  readonly path: string
  readonly methods: ReadonlyArray<'GET' | 'HEAD' | 'POST'>
  /** The only media type that a POST may have. */
  readonly bodyType?: 'application/json' | 'application/x-www-form-urlencoded'
  /** A person's browser shows it: what is refused is said on a page, not in JSON. */
  readonly forBrowsers?: true
  handle(exchange: OpenExchange): Promise<void> | void
}
