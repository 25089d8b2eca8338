import { AppError } from '../../shared/app-error.ts'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Reads `30s`, `15m`, `1h` or `30d` and gives milliseconds. Throws AppError invalid. */
export function parseDurationMs(text: string): number {
  const found = /^(\d{1,6})([smhd])$/.exec(text)
  const unit = found?.[2] as keyof typeof unitMs | undefined
  if (!found || !unit || Number(found[1]) === 0) {
    throw new AppError('invalid', `“${text}” is not a length of time.`, { hint: 'Write 30s, 15m, 1h or 30d.' })
  }
  return Number(found[1]) * unitMs[unit]
}
