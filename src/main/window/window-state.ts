import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export const defaultSize = { width: 1280, height: 800 }
export const minimumSize = { width: 900, height: 600 }

type Rectangle = { x: number; y: number; width: number; height: number }

/** What the window remembers between starts; nothing about its content. */
export const WindowState = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() }).nullable(),
  maximized: z.boolean(),
  /** The last theme, so that the window has the right colour before the settings are read. */
  theme: z.enum(['system', 'light', 'dark']),
})
export type WindowState = z.infer<typeof WindowState>

const nothingKnown: WindowState = { bounds: null, maximized: false, theme: 'system' }

/** Reads `window-state.json` of the window's folder; the defaults when it is absent or makes no sense. */
export function readWindowState(folder: string): WindowState {
  try {
    const parsed = WindowState.safeParse(JSON.parse(readFileSync(join(folder, 'window-state.json'), 'utf8')))
    return parsed.success ? parsed.data : nothingKnown
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
