export type ListKind = 'tools' | 'prompts' | 'resources'

type Listener = (kind: ListKind, clientId: string | null) => void

/** Tells that a list looks different now, to one client (by id) or to all (null). */
export class ListChanges {
  /** The lists that can change at all. */
  readonly kinds: ReadonlySet<ListKind>
  readonly #listeners = new Set<Listener>()

  constructor(kinds: ReadonlyArray<ListKind>) {
    this.kinds = new Set(kinds)
  }

  emit(kind: ListKind, clientId: string | null): void {
    for (const listener of this.#listeners) listener(kind, clientId)
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
