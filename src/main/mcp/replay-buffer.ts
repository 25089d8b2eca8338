type Kept = {
  readonly number: number
  readonly streamId: string
  readonly json: string
  readonly bytes: number
}

/** A message that went out as an event. */
export type ReplayedEvent = { readonly id: string; readonly json: string }

const maxEvents = 256
const maxBytes = 1024 * 1024

/**
 * The last messages of one session, for a client that comes back with `Last-Event-ID`. An event id is `<stream>/<number>`.
 * Bounded: what is pushed out, or too large, cannot be replayed, and then `streamToResume` says so.
 */
export class ReplayBuffer {
  #kept: Kept[] = []
  #bytes = 0
  #last = 0
  /** By stream: the newest event of it that was pushed out. */
  readonly #lost = new Map<string, number>()
  /** The newest event whose loss is not even remembered. */
  #forgotten = 0

  /** The id of an event that only opens a stream: it carries nothing to repeat. */
  open(streamId: string): string {
    return `${streamId}/${++this.#last}`
  }

  /** Keeps a message and gives the id of its event. */
  keep(streamId: string, json: string): string {
    const number = ++this.#last
    const bytes = Buffer.byteLength(json)
    this.#kept.push({ number, streamId, json, bytes })
    this.#bytes += bytes
    while (this.#kept.length > maxEvents || this.#bytes > maxBytes) this.#pushOut()
    return `${streamId}/${number}`
  }

  /** The stream of an event from which everything later is still here; undefined otherwise. */
  streamToResume(eventId: string): string | undefined {
    const place = placeOf(eventId)
    if (place === null || place.number > this.#last || place.number < this.#forgotten) return undefined
    return (this.#lost.get(place.streamId) ?? 0) > place.number ? undefined : place.streamId
  }

  /** The later events of the same stream, oldest first. */
  after(eventId: string): ReadonlyArray<ReplayedEvent> {
    const place = placeOf(eventId)
    if (place === null) return []
    return this.#kept
      .filter(({ streamId, number }) => streamId === place.streamId && number > place.number)
      .map(({ streamId, number, json }) => ({ id: `${streamId}/${number}`, json }))
  }

  clear(): void {
    this.#kept = []
    this.#bytes = 0
    this.#forgotten = this.#last
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
