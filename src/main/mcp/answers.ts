import { isUtf8 } from 'node:buffer'
import type { ReadResourceResult, Resource } from '@modelcontextprotocol/server'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import { ListChanges } from './list-changes.ts'
import type { Resources } from './offer.ts'
import { pagesOf } from './pages.ts'
import type { Client } from './token-verifier.ts'

/** What a tool says about an answer that it cut. */
export type KeptAnswer = {
  /** Its first page; page n is at `<uri>/n`. */
  readonly uri: string
  readonly pages: number
  readonly bytes: number
  readonly expiresAtMs: number
}

type Kept = KeptAnswer & {
  readonly id: string
  readonly clientId: string
  readonly title: string
  readonly mimeType: string
  readonly isText: boolean
  readonly parts: ReadonlyArray<Buffer>
  readonly endsAtMonotonicMs: number
  readonly timer: NodeJS.Timeout
}

const scheme = 'clawkeep://answers/'
const template = `${scheme}{id}/{page}`
const keepForMs = 10 * 60_000
const maxPerClient = 8
const maxBytes = 32 * 1024 * 1024

/**
 * Long answers of tools, in memory, for the client that made the call: what was cut can be read page by page for ten
 * minutes. The oldest gives way; a lock and a revoked key end them.
 */
export class Answers {
  readonly changes = new ListChanges(['resources'])
  readonly resources: Resources
  readonly #clock: Clock
  readonly #kept = new Map<string, Kept>()

  constructor({ clock, onLock }: { clock: Clock; onLock: (listener: () => void) => unknown }) {
    this.#clock = clock
    this.resources = {
      templates: [
        {
          uriTemplate: template,
          name: 'answer',
          title: 'The rest of a long answer',
          description: 'One page of an answer that was too long for the result of http_request.',
        },
      ],
      list: (client) => this.#of(client.id).map(listed),
      read: (uri, client) => this.#read(uri, client),
      complete: (of, argument, value, client) => (of === template ? this.#complete(argument, value, client) : []),
      forget: (clientId) => this.#drop((kept) => kept.clientId === clientId),
    }
    onLock(() => this.#drop(() => true))
  }

  /** Keeps a body, out of which the secrets were taken already. */
  keep(client: Client, body: Buffer, { title, mimeType }: { title: string; mimeType: string }): KeptAnswer {
    this.#makeRoom(client.id, body.length)
    const id = newId('ans')
    const parts = pagesOf(body)
    const kept: Kept = {
      id,
      uri: `${scheme}${id}`,
      clientId: client.id,
      title,
      mimeType,
      isText: isUtf8(body),
      parts,
      pages: parts.length,
      bytes: body.length,
      expiresAtMs: this.#clock.now() + keepForMs,
      endsAtMonotonicMs: this.#clock.monotonicMs() + keepForMs,
      timer: setTimeout(() => this.#drop((other) => other.id === id), keepForMs).unref(),
    }
    this.#kept.set(id, kept)
    this.changes.emit('resources', client.id)
    return kept
  }

  #of(clientId: string): ReadonlyArray<Kept> {
    const nowMs = this.#clock.monotonicMs()
    // A timer may be late, after the machine slept.
    return [...this.#kept.values()].filter((kept) => kept.clientId === clientId && nowMs < kept.endsAtMonotonicMs)
  }

  /** Another client's answer and one that never was look the same. */
  #read(uri: string, client: Client): ReadResourceResult | null {
    const [, id, page = '1'] = /^clawkeep:\/\/answers\/(ans_[a-z2-7]+)(?:\/([1-9]\d{0,3}))?$/.exec(uri) ?? []
    const kept = this.#of(client.id).find((own) => own.id === id)
    const part = kept?.parts[Number(page) - 1]
    if (kept === undefined || part === undefined) return null
    const content = kept.isText ? { text: part.toString('utf8') } : { blob: part.toString('base64') }
    const place = { 'clawkeep/page': Number(page), 'clawkeep/pages': kept.pages }
    return { contents: [{ uri, mimeType: kept.mimeType, ...content, _meta: place }] }
  }

  #complete(argument: string, value: string, client: Client): ReadonlyArray<string> {
    if (argument !== 'id') return []
    return this.#of(client.id).flatMap(({ id }) => (id.startsWith(value) ? id : []))
  }

  #makeRoom(clientId: string, bytes: number): void {
    const own = this.#of(clientId)
    if (own.length >= maxPerClient) this.#drop(({ id }) => id === own[0]?.id)
    let sum = bytes
    for (const kept of this.#kept.values()) sum += kept.bytes
    for (const kept of [...this.#kept.values()]) {
      if (sum <= maxBytes) return
      sum -= kept.bytes
      this.#drop(({ id }) => id === kept.id)
    }
  }

  #drop(which: (kept: Kept) => boolean): void {
    for (const kept of [...this.#kept.values()]) {
      if (!which(kept)) continue
      clearTimeout(kept.timer)
      this.#kept.delete(kept.id)
      this.changes.emit('resources', kept.clientId)
    }
  }
}

function listed({ uri, id, title, pages, bytes, mimeType }: Kept): Resource {
  return {
    uri,
    name: id,
    title,
    description: `${bytes} bytes in ${pages} pages; page n is at ${uri}/n.`,
    mimeType,
    size: bytes,
  }
}
