import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server'

type Kept = {
  readonly number: number
  readonly streamId: string
  readonly message: JSONRPCMessage
  readonly bytes: number
}

const maxEvents = 256
const maxBytes = 1024 * 1024

/**
 * The last messages of one session, for a client that comes back with `Last-Event-ID`. An event id is `<stream>/<number>`.
 * Bounded: what is pushed out, or too large, cannot be replayed, and then `canResume` says so.
 */
export class ReplayBuffer implements EventStore {
  #kept: Kept[] = []
  #bytes = 0
  #last = 0
  /** By stream: the newest event of it that was pushed out. */
  readonly #lost = new Map<string, number>()
  /** The newest event whose loss is not even remembered. */
  #forgotten = 0

  async storeEvent(streamId: string, message: JSONRPCMessage): Promise<string> {
    const number = ++this.#last
    // The event that only opens a stream carries nothing to repeat.
    if (Object.keys(message).length > 0) {
      const bytes = Buffer.byteLength(JSON.stringify(message))
      this.#kept.push({ number, streamId, message, bytes })
      this.#bytes += bytes
      while (this.#kept.length > maxEvents || this.#bytes > maxBytes) this.#pushOut()
    }
    return `${streamId}/${number}`
  }

  /** The stream of an event from which everything later is still here; undefined otherwise. */
  streamToResume(eventId: string): string | undefined {
    const place = placeOf(eventId)
    if (place === null || place.number > this.#last || place.number < this.#forgotten) return undefined
    return (this.#lost.get(place.streamId) ?? 0) > place.number ? undefined : place.streamId
  }

  /** Whether a stream has events after this one. */
  hasMore(eventId: string): boolean {
    const place = placeOf(eventId)
    return place !== null && this.#after(place).length > 0
  }

  async getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return this.streamToResume(eventId)
  }

  async replayEventsAfter(
    eventId: string,
    { send }: { send: (eventId: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const place = placeOf(eventId)
    if (place === null) throw new Error('Not an event of this session')
    for (const { number, message } of this.#after(place)) await send(`${place.streamId}/${number}`, message)
    return place.streamId
  }

  clear(): void {
    this.#kept = []
    this.#bytes = 0
    this.#forgotten = this.#last
  }

  #after({ streamId, number }: { streamId: string; number: number }): ReadonlyArray<Kept> {
    return this.#kept.filter((kept) => kept.streamId === streamId && kept.number > number)
  }

  #pushOut(): void {
    const oldest = this.#kept.shift()
    if (oldest === undefined) return
    this.#bytes -= oldest.bytes
    this.#lost.delete(oldest.streamId)
    this.#lost.set(oldest.streamId, oldest.number)
    if (this.#lost.size <= maxEvents) return
    const first = this.#lost.entries().next()
    if (first.done === true) return
    this.#forgotten = first.value[1]
    this.#lost.delete(first.value[0])
  }
}

function placeOf(eventId: string): { streamId: string; number: number } | null {
  const parts = /^([\w-]{1,64})\/(\d{1,15})$/.exec(eventId)
  return parts?.[1] === undefined ? null : { streamId: parts[1], number: Number(parts[2]) }
}
