import { AppError } from '../shared/app-error.ts'
import type { WriteClipboard } from './ipc/handlers/core.ts'
import type { ChooseFile } from './mcp/key-import.ts'

/** The clipboard of a core without a window. */
export const noClipboard: WriteClipboard = () => unavailableHere('There is no clipboard here.')

/** The file dialogs of a core without a window. */
export const noFiles: ChooseFile = () => unavailableHere('No file can be chosen here.')

function unavailableHere(message: string): never {
  throw new AppError('unavailable', message, { hint: 'Use the window.' })
}
