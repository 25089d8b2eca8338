import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../../shared/models/settings.ts'

export const defaultSize = { width: 1280, height: 800 }
export const minimumSize = { width: 900, height: 600 }

type Rectangle = { x: number; y: number; width: number; height: number }

/** What the window remembers between starts; nothing about its content. */
export type WindowState = {
  readonly bounds: Rectangle | null
  readonly maximized: boolean
  /** The last theme, so that the window has the right colour before the settings are read. */
  readonly theme: Settings['theme']
}

const nothingKnown: WindowState = { bounds: null, maximized: false, theme: 'system' }

/** Reads `window-state.json` of the window's folder; the defaults when it is absent or makes no sense. */
export function readWindowState(folder: string): WindowState {
  try {
    return parseState(JSON.parse(readFileSync(join(folder, 'window-state.json'), 'utf8'))) ?? nothingKnown
  } catch {
    return nothingKnown
  }
}

/** Keeps the state; a disk that refuses costs only the place of the window. */
export function writeWindowState(folder: string, state: WindowState): void {
  try {
    writeFileSync(join(folder, 'window-state.json'), JSON.stringify(state), { mode: 0o600 })
  } catch {
    // Not worth a message.
  }
}

/** The remembered bounds if enough of the window would be seen on one of the screens' work areas, else the default size, centred. */
export function usableBounds(
  remembered: Rectangle | null,
  workAreas: ReadonlyArray<Rectangle>,
): Partial<Rectangle> & { width: number; height: number } {
  if (remembered === null) return defaultSize
  const width = Math.max(remembered.width, minimumSize.width)
  const height = Math.max(remembered.height, minimumSize.height)
  const grip = 100
  const seen = workAreas.some(
    (area) =>
      remembered.x + width >= area.x + grip &&
      remembered.x <= area.x + area.width - grip &&
      remembered.y >= area.y &&
      remembered.y <= area.y + area.height - grip,
  )
  return seen ? { x: remembered.x, y: remembered.y, width, height } : defaultSize
}

/** Checked by hand: this is read before the window is made, and loading zod for it would make every start later. */
function parseState(value: unknown): WindowState | null {
  if (!isObject(value)) return null
  const { bounds, maximized, theme } = value
  if (typeof maximized !== 'boolean' || (theme !== 'system' && theme !== 'light' && theme !== 'dark')) return null
  if (bounds === null) return { bounds, maximized, theme }
  if (!isObject(bounds)) return null
  const { x, y, width, height } = bounds
  if (!isWhole(x) || !isWhole(y) || !isWhole(width) || !isWhole(height)) return null
  return { bounds: { x, y, width, height }, maximized, theme }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
