import { AppError } from '../shared/app-error.ts'
import type { LockShortcut, WriteClipboard } from './ipc/handlers/core.ts'
import type { ChooseFile } from './mcp/key-import.ts'

/** The clipboard of a core without a window. */
export const noClipboard: WriteClipboard = () => unavailableHere('There is no clipboard here.')

/** The file dialogs of a core without a window. */
export const noFiles: ChooseFile = () => unavailableHere('No file can be chosen here.')

/** The shortcut of a core without a window. */
export const noShortcut: LockShortcut = {
  claim: () => unavailableHere('There is no shortcut here.'),
  release: () => undefined,
}

function unavailableHere(message: string): never {
  throw new AppError('unavailable', message, { hint: 'Use the window.' })
}
