/** The only origin whose page may speak to the main process. */
export const appOrigin = 'app://clawkeep'

/** What is looked at of an IPC message's sender; `Electron.IpcMainInvokeEvent` fits. */
export type MessageSender = {
  /** Null once the frame has navigated away or is gone. */
  readonly senderFrame: { readonly origin: string; readonly url: string; readonly parent: unknown; readonly detached: boolean } | null
  readonly sender: { readonly id: number }
}

/**
 * Says whether a message comes from our own page in our own window.
 * Refuses a frame that is gone or being replaced (its answer would reach another page), any child frame, any other
 * webContents, and any other origin. The origin is compared whole: `app://clawkeep.evil` starts with ours too.
 */
export function isTrustedSender(message: MessageSender, windowContentsId: number | null): boolean {
  const frame = message.senderFrame
  if (frame === null || frame.detached || frame.parent !== null) return false
  if (windowContentsId === null || message.sender.id !== windowContentsId) return false
  // An opaque (sandboxed) document at our URL has the origin "null"; an about:blank child has our origin and no URL of ours.
  return frame.origin === appOrigin && frame.url.startsWith(`${appOrigin}/`)
}
