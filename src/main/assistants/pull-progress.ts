import type { ProgressLine } from './engine-answers.ts'

/** Share of a layer's work that its download is; the rest is unpacking. */
const downloadShare = 0.7

/** Sums up the lines of a pull: the share done over all layers heard of, 0 to 1, never going back; null before the first. */
export class PullProgress {
  readonly #layers = new Map<string, number>()
  #share: number | null = null

  get share(): number | null {
    return this.#share
  }

  take(line: ProgressLine): void {
    const done = shareOf(line)
    if (line.id === undefined || done === null) return
    this.#layers.set(line.id, Math.max(done, this.#layers.get(line.id) ?? 0))
    let sum = 0
    for (const layer of this.#layers.values()) sum += layer
    this.#share = Math.max(this.#share ?? 0, sum / this.#layers.size)
  }
}

function shareOf(line: ProgressLine): number | null {
  const { current = 0, total = 0 } = line.progressDetail ?? {}
  const part = total > 0 ? Math.min(1, current / total) : 0
  switch (line.status) {
    case 'Pulling fs layer':
    case 'Waiting':
      return 0
    case 'Downloading':
      return part * downloadShare
    case 'Verifying Checksum':
    case 'Download complete':
      return downloadShare
    case 'Extracting':
      return downloadShare + part * (1 - downloadShare)
    case 'Pull complete':
    case 'Already exists':
      return 1
    default:
      return null
  }
}
