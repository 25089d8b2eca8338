import type { Clawkeep } from './clawkeep.ts'

/** What the system's own dialogs answer from now on. */
export async function answerDialogs(clawkeep: Clawkeep, path: string): Promise<void> {
  await clawkeep.app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] })
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen })
  }, path)
}
