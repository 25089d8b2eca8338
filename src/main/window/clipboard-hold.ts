import { createHash, randomBytes } from 'node:crypto'

/** The two things asked of the system's clipboard. */
export type SystemClipboard = {
  write(text: string, options: { concealed: boolean }): void | Promise<void>
  readText(): string | Promise<string>
  clear(): void
}

/**
 * Puts text on the clipboard and takes it off again after a while, but only while it is still ours: what the person copied
 * since then stays. Remembers a salted hash, never the text.
 */
export class ClipboardHold {
  readonly #system: SystemClipboard
  readonly #salt = randomBytes(16)
  #held: { hash: string; timer: NodeJS.Timeout } | null = null

  constructor(system: SystemClipboard) {
    this.#system = system
  }

  /** `clearAfterMs` null: stays until something else is copied. */
  async write(text: string, options: { concealed: boolean; clearAfterMs: number | null }): Promise<void> {
    this.#forget()
    await this.#system.write(text, { concealed: options.concealed })
    if (options.clearAfterMs === null) return
    const timer = setTimeout(() => void this.clearIfOurs().catch(() => undefined), options.clearAfterMs)
    this.#held = { hash: this.#hash(text), timer }
  }

  /** Clears now if our text is still there; also called at quit, when no timer would come any more. */
  async clearIfOurs(): Promise<void> {
    const held = this.#held
    this.#forget()
    if (held !== null && this.#hash(await this.#system.readText()) === held.hash) this.#system.clear()
  }

  #forget(): void {
    if (this.#held !== null) clearTimeout(this.#held.timer)
    this.#held = null
  }

  #hash(text: string): string {
    return createHash('sha256').update(this.#salt).update(text).digest('hex')
  }
}

/**
 * Formats that tell clipboard managers and cloud clipboards not to keep what comes with them: KDE's and GNOME's hint, the ones
 * of the Windows clipboard history, and the conventions of nspasteboard.org on macOS (secret; gone soon).
 */
export function concealingFormats(
  platform: NodeJS.Platform,
): ReadonlyArray<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const no = new Uint8Array(4)
  switch (platform) {
    case 'darwin':
      return ['org.nspasteboard.ConcealedType', 'org.nspasteboard.TransientType'].map((name) => ({
        name,
        bytes: new Uint8Array(0),
      }))
    case 'win32':
      return [
        'ExcludeClipboardContentFromMonitorProcessing',
        'CanIncludeInClipboardHistory',
        'CanUploadToCloudClipboard',
      ].map((name) => ({ name, bytes: no }))
    default:
      return [{ name: 'x-kde-passwordManagerHint', bytes: new Uint8Array(Buffer.from('secret')) }]
  }
}
