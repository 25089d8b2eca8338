import { AppError } from '../../shared/app-error.ts'
import type { Notice } from './notice-page.ts'

/** Announced after the page died and was loaded again. */
export const reloaded = 'The window stopped working and was loaded again. Nothing was lost.'

/** Announced when the dates of so many items have come or are near: how many, never which. */
export function itemsDue(count: number): string {
  const which = count === 1 ? '1 key in your vault expires or wants' : `${count} keys in your vault expire or want`
  return `${which} to be changed. See Keys.`
}

/** Announced at the start when another program has the shortcut by now. */
export const shortcutTaken = 'The shortcut that locks from any program is used by another one now. See Settings.'

/** Shown while quitting takes long. */
export const stopping: Notice = {
  title: 'Stopping assistants…',
  message: 'Clawkeep closes when their containers have stopped. Requests that waited are denied.',
}

/** Shown instead of the page when it died again right after it was loaded anew. */
export const crashedTwice: Notice = {
  title: 'The window stopped working twice',
  message: 'Nothing in the vault was changed. Requests that wait are denied when their time is over.',
  hint: 'Close this window and start Clawkeep again.',
}

/** Shown instead of the page when the core could not be built; the text of a bug is left out, it may hold values. */
export function startFailed(error: unknown): Notice {
  const title = 'Clawkeep could not start'
  if (error instanceof AppError) return { title, message: error.message, hint: error.hint }
  return {
    title,
    message: 'Something unexpected went wrong.',
    hint: 'Start it again. If it happens again, start it in a terminal and report what it prints.',
  }
}
