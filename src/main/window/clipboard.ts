import { clipboard, ClipboardItem } from 'electron'
import { concealingFormats, type SystemClipboard } from './clipboard-hold.ts'

/** The system's clipboard. Text that is concealed carries the marks that keep it out of clipboard histories. */
export const systemClipboard: SystemClipboard = {
  write: (text, { concealed }) => {
    // Electron before 45 has no ClipboardItem and can write only one format; such a runtime is for development alone.
    if (!concealed || typeof ClipboardItem !== 'function') return clipboard.writeText(text)
    const item: Record<string, string | Blob> = { 'text/plain': text }
    for (const { name, bytes } of concealingFormats(process.platform)) {
      item[`electron application/osclipboard;format="${name}"`] = new Blob([bytes])
    }
    return clipboard.write([new ClipboardItem(item)])
  },
  readText: () => clipboard.readText(),
  clear: () => clipboard.clear(),
}
