/** The only origin whose page may speak to the main process. */
export const appOrigin = 'app://clawkeep'

/** Names one frame of one process; a frame that is loaded anew elsewhere has another. */
type FrameId = { readonly processId: number; readonly routingId: number }

/** What is looked at of an IPC message's sender; `Electron.IpcMainInvokeEvent` fits. */
export type MessageSender = {
  /** Null once the frame has navigated away or is gone. */
  readonly senderFrame: (FrameId & { readonly origin: string; readonly url: string; readonly parent: unknown }) | null
  readonly sender: { readonly id: number }
}

/** The window that may speak; `Electron.WebContents` fits. */
export type TrustedWindow = { readonly id: number; readonly mainFrame: FrameId }

/**
 * Says whether a message comes from our own page in our own window.
 * Refuses a frame that is gone or being replaced (its answer would reach another page), any child frame, any other
 * webContents, and any other origin. The origin is compared whole: `app://clawkeep.evil` starts with ours too.
 */
export function isTrustedSender(message: MessageSender, window: TrustedWindow | null): boolean {
  const frame = message.senderFrame
  if (window === null || message.sender.id !== window.id) return false
  if (frame === null || frame.parent !== null) return false
  // Not `frame.detached`: Electron leaves it true for the frame of a page that died and was loaded again.
  const { processId, routingId } = window.mainFrame
  if (frame.processId !== processId || frame.routingId !== routingId) return false
  // An opaque (sandboxed) document at our URL has the origin "null"; an about:blank child has our origin and no URL of ours.
  return frame.origin === appOrigin && frame.url.startsWith(`${appOrigin}/`)
}
