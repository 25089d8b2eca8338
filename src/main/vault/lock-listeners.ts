type Listener = () => void

/** What keeps its names and secrets only while the vault is open needs of it. */
export type LockState = {
  readonly state: 'absent' | 'locked' | 'unlocked'
  onUnlock(listener: Listener): Listener
  onLock(listener: Listener): Listener
}

/** Who is told of unlocks and locks. */
export class LockListeners {
  readonly #unlock = new Set<Listener>()
  readonly #beforeLock = new Set<Listener>()
  readonly #lock = new Set<Listener>()

  onUnlock(listener: Listener): Listener {
    return added(this.#unlock, listener)
  }

  beforeLock(listener: Listener): Listener {
    return added(this.#beforeLock, listener)
  }

  onLock(listener: Listener): Listener {
    return added(this.#lock, listener)
  }

  /** Returns how many of them failed. */
  tellUnlock(): number {
    return failures(this.#unlock)
  }

  tellLock(): void {
    failures([...this.#beforeLock, ...this.#lock])
  }
}

function added(listeners: Set<Listener>, listener: Listener): Listener {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** One part that fails must not keep the others from their work. */
function failures(listeners: Iterable<Listener>): number {
  let count = 0
  for (const listener of listeners) {
    try {
      listener()
    } catch {
      count += 1
    }
  }
  return count
}
