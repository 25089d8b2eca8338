const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The clock of the window ticks each second, and what has just happened may lie that far ahead of it. */
const clockStepMs = 1.5 * secondMs

/** `3 min ago`, `in 2 h`, `yesterday`, then the date: how far a time is from now, for a glance. */
export function relativeTime(atMs: number, nowMs: number): string {
  const deltaMs = atMs - nowMs
  const distanceMs = Math.abs(deltaMs)
  if (distanceMs < 45 * secondMs) return deltaMs > clockStepMs ? 'in a moment' : 'just now'
  if (distanceMs >= 7 * dayMs) return calendarDate(atMs, nowMs)
  const amount = roughDuration(distanceMs)
  return deltaMs > 0 ? `in ${amount}` : `${amount} ago`
}

/** One unit, rounded: `12 min`, `3 h`, `2 days`. */
export function roughDuration(durationMs: number): string {
  if (durationMs < 59.5 * secondMs) return `${Math.max(0, Math.round(durationMs / secondMs))} s`
  if (durationMs < 59.5 * minuteMs) return `${Math.round(durationMs / minuteMs)} min`
  if (durationMs < 23.5 * hourMs) return `${Math.round(durationMs / hourMs)} h`
  const days = Math.round(durationMs / dayMs)
  return days === 1 ? '1 day' : `${days} days`
}

/** When a secret that was copied is gone from the clipboard. */
export function offClipboard(afterMs: number): string {
  const after = afterMs < minuteMs ? count(afterMs / secondMs, 'second') : count(afterMs / minuteMs, 'minute')
  return `It is taken off the clipboard after ${after}.`
}

/** `4:32`, or `1:04:32`: a countdown; never below zero, and the last second is shown as 0:01. */
export function countdown(leftMs: number): string {
  const total = Math.max(0, Math.ceil(leftMs / secondMs))
  const seconds = String(total % 60).padStart(2, '0')
  const minutes = Math.floor(total / 60)
  if (minutes < 60) return `${minutes}:${seconds}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${seconds}`
}

/** How long something took: `0 ms`, `340 ms`, `1.2 s`, `3 min 4 s`. */
export function took(durationMs: number): string {
  if (durationMs < secondMs) return `${Math.round(durationMs)} ms`
  if (durationMs < minuteMs) return `${(durationMs / secondMs).toFixed(1)} s`
  const seconds = Math.round(durationMs / secondMs)
  if (seconds < 3600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  return twoUnits(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min')
}

/** `812 B`, `16 KiB`, `2.3 MiB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value >= 9.95 ? Math.round(value) : trimZero(value.toFixed(1))} ${units[unit]}`
}

/** Memory in the unit people think in: `312 MB`, `1.5 GB`. Counts as Docker does: 1 GB is 1,024 MiB. */
export function memorySize(mebibytes: number): string {
  if (mebibytes < 1024) return `${Math.round(mebibytes)} MB`
  return `${trimZero((mebibytes / 1024).toFixed(1))} GB`
}

/** The exact local time, with seconds and zone, for a title. */
export function exactTime(atMs: number): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'long' }).format(atMs)
}

/** `14:03:07` of the person's own clock. */
export function clockTime(atMs: number): string {
  return new Intl.DateTimeFormat(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(atMs)
}

/** `14:03`, for a time that is near. */
export function shortTime(atMs: number): string {
  return new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(atMs)
}

/** `3 Nov`, with the year when it is another one. */
export function calendarDate(atMs: number, nowMs: number): string {
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear()
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) })
    .format(atMs)
    .replace('Sept', 'Sep')
}

/** `1 entry`, `1,204 entries`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${new Intl.NumberFormat('en').format(amount)} ${amount === 1 ? one : many}`
}

function twoUnits(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}

function trimZero(number: string): string {
  return number.endsWith('.0') ? number.slice(0, -2) : number
}
