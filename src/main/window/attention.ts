import { app, Notification } from 'electron'
import { pendingIcon } from './icons.ts'
import type { MainWindow } from './main-window.ts'

/** A flood of questions makes one notification, then at most one more in this time. */
const notificationEveryMs = 5_000

/** Tells the person that something waits, without saying what and without taking the focus. */
export class Attention {
  readonly #window: MainWindow
  readonly #wanted: () => boolean
  #pending = 0
  #lastMs = Number.NEGATIVE_INFINITY
  #shown: Notification | null = null

  /** `wanted`: whether the settings allow notifications. */
  constructor(options: { window: MainWindow; wanted: () => boolean }) {
    this.#window = options.window
    this.#wanted = options.wanted
  }

  /** Shows the number of waiting questions on the icon; a number that grew is also announced, unless the window has the focus. */
  show(pending: number): void {
    if (pending === this.#pending) return
    const grew = pending > this.#pending
    this.#pending = pending
    app.setBadgeCount(pending)
    const window = this.#window.browserWindow
    if (process.platform === 'win32')
      window?.setOverlayIcon(pending > 0 ? pendingIcon() : null, pending > 0 ? `${pending} waiting` : '')
    if (pending === 0) this.#shown?.close()
    if (this.#window.focused) return
    window?.flashFrame(pending > 0)
    if (grew) this.announce('A request is waiting for your decision.')
  }

  /** Announces what does not press. False when it did not: whoever looks at the window reads it there. */
  remind(body: string): boolean {
    return !this.#window.focused && this.announce(body, 'normal')
  }

  /**
   * A notification with Clawkeep's own words only: lock screens and other programs show and keep these. False when there was none:
   * they are not wanted, not supported, or there was one just now.
   */
  announce(body: string, urgency: 'normal' | 'critical' = 'critical'): boolean {
    if (!this.#wanted() || !Notification.isSupported()) return false
    const nowMs = performance.now()
    if (nowMs - this.#lastMs < notificationEveryMs) return false
    this.#lastMs = nowMs
    this.#shown?.close()
    const notification = new Notification({ title: 'Clawkeep', body, urgency })
    notification.on('click', () => this.#window.focus())
    // Held here because a collected notification loses its click.
    this.#shown = notification
    notification.show()
    return true
  }
}
