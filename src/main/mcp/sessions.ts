import { AppError } from '../../shared/app-error.ts'
import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import { throttled } from '../throttled.ts'
import type { OpenCall } from './open-calls.ts'

export type Program = { readonly name: string; readonly version: string }

/** A program that is connected, as the window shows it. */
export type Connection = {
  /** Names it in the window and for `end`; not the session id, which belongs to the client alone. */
  readonly id: string
  readonly clientId: string
  /** What the program says it is: text from outside. Null when it has not said. */
  readonly program: Program | null
  /** `session` up to 2025-11-25, `stateless` since 2026-07-28 and for programs that ignore their session. */
  readonly era: 'session' | 'stateless'
  readonly revision: string
  readonly sinceMs: number
  /** Of tool calls. */
  readonly lastCallMs: number | null
  readonly calls: number
  readonly lastTool: string | null
}

export type ConnectionFacts = Pick<Connection, 'clientId' | 'program' | 'era' | 'revision'>

type Limits = {
  readonly sessionsPerClient: number
  readonly sessions: number
  /** A connection without a request and without an open one is forgotten after this. */
  readonly sessionIdleMs: number
}

const sweepEveryMs = 60_000
/** A busy client must not keep the window busy. */
const tellEveryMs = 500
const maxNameLength = 100
const maxVersionLength = 40

/** One connection in the books: what is known of it, what runs for it, and how it ends. */
export class Entry {
  readonly id = newId('con')
  readonly facts: ConnectionFacts
  readonly sinceMs: number
  readonly open = new Set<OpenCall>()
  /** Makes its id worthless. */
  readonly retire: () => void
  /** On the monotonic clock: one that is set forward does not make everybody idle. */
  lastSeenMs: number
  lastCallMs: number | null = null
  calls = 0
  lastTool: string | null = null

  constructor(facts: ConnectionFacts, clock: Clock, retire: () => void) {
    this.facts = facts
    this.sinceMs = clock.now()
    this.lastSeenMs = clock.monotonicMs()
    this.retire = retire
  }

  end(reason: AppError): void {
    for (const call of this.open) call.end(reason)
    this.retire()
  }
}

/** Who is connected, in both eras: sessions, and programs without one by client and name. Bounded; idle ones are forgotten. */
export class Sessions {
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #onChange: () => void
  readonly #entries = new Set<Entry>()
  readonly #stateless = new Map<string, Entry>()
  readonly #sweep: NodeJS.Timeout

  /** `onChange`: a program came, went or called; not told how often. */
  constructor(clock: Clock, limits: Limits, onChange: () => void = () => undefined) {
    this.#clock = clock
    this.#limits = limits
    this.#onChange = throttled(onChange, tellEveryMs)
    this.#sweep = setInterval(() => this.#endIdle(), sweepEveryMs)
    this.#sweep.unref()
  }

  /** The connected programs, newest first. */
  list(): ReadonlyArray<Connection> {
    this.#endIdle()
    return [...this.#entries]
      .map(({ id, facts, sinceMs, lastCallMs, calls, lastTool }) => ({
        id,
        ...facts,
        sinceMs,
        lastCallMs,
        calls,
        lastTool,
      }))
      .toSorted((a, b) => b.sinceMs - a.sinceMs)
  }

  /** Disconnects a program: its open calls stop, its session is dead. Throws AppError not_found. */
  end(id: string): void {
    const entry = [...this.#entries].find((known) => known.id === id)
    if (entry === undefined)
      throw new AppError('not_found', 'This program is not connected any more.', { hint: 'Look at the list again.' })
    this.#drop(entry, new AppError('cancelled', 'The person disconnected this program in Clawkeep.'))
  }

  /** Ends all of one client (null: all there are), open calls included. */
  endAll(clientId: string | null, reason: AppError): void {
    for (const entry of [...this.#entries])
      if (clientId === null || entry.facts.clientId === clientId) this.#drop(entry, reason)
  }

  /** Enters a session; makes room by ending the one that was idle longest. Null when all are busy. */
  open(facts: ConnectionFacts, retire: () => void): Entry | null {
    if (!this.#makeRoom(facts.clientId)) return null
    const entry = new Entry(
      { ...facts, program: shortened(facts.program), revision: facts.revision.slice(0, maxVersionLength) },
      this.#clock,
      retire,
    )
    this.#entries.add(entry)
    this.#onChange()
    return entry
  }

  /** The entry of a program that has no session; null when there is no room for one more. */
  stateless(clientId: string, said: Program | null, revision: string): Entry | null {
    const program = shortened(said)
    const key = `${clientId}\n${revision}\n${program?.name ?? ''}\n${program?.version ?? ''}`
    const known = this.#stateless.get(key)
    if (known !== undefined) return known
    const entry = this.open({ clientId, program, era: 'stateless', revision }, () => this.#stateless.delete(key))
    if (entry !== null) this.#stateless.set(key, entry)
    return entry
  }

  /** Notes a message and what it calls. */
  touch(entry: Entry, tool: string | null): void {
    entry.lastSeenMs = this.#clock.monotonicMs()
    if (tool === null) return
    entry.lastCallMs = this.#clock.now()
    entry.calls++
    entry.lastTool = tool.slice(0, maxNameLength)
    this.#onChange()
  }

  /** A session that ended by itself. */
  forget(entry: Entry): void {
    this.#entries.delete(entry)
    this.#onChange()
  }

  dispose(): void {
    clearInterval(this.#sweep)
  }

  #drop(entry: Entry, reason: AppError): void {
    this.#entries.delete(entry)
    this.#onChange()
    entry.end(reason)
  }

  #endIdle(): void {
    const before = this.#clock.monotonicMs() - this.#limits.sessionIdleMs
    for (const entry of [...this.#entries])
      if (entry.open.size === 0 && entry.lastSeenMs < before) this.#drop(entry, idle())
  }

  #makeRoom(clientId: string): boolean {
    const own = [...this.#entries].filter(({ facts }) => facts.clientId === clientId)
    if (own.length >= this.#limits.sessionsPerClient) return this.#endLongestIdle(own)
    if (this.#entries.size >= this.#limits.sessions) return this.#endLongestIdle([...this.#entries])
    return true
  }

  #endLongestIdle(entries: ReadonlyArray<Entry>): boolean {
    const [longest] = entries.filter(({ open }) => open.size === 0).toSorted((a, b) => a.lastSeenMs - b.lastSeenMs)
    if (longest === undefined) return false
    this.#drop(longest, idle())
    return true
  }
}

function idle(): AppError {
  return new AppError('cancelled', 'This session was idle for too long.')
}

/** Text from outside is kept, so it is kept short. */
function shortened(program: Program | null): Program | null {
  if (program === null) return null
  return { name: program.name.slice(0, maxNameLength), version: program.version.slice(0, maxVersionLength) }
}
