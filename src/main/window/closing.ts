type Closing = {
  /** The icon beside the clock is sure to be seen. */
  readonly hasTray: boolean
  readonly isAssistantRunning: () => Promise<boolean>
  readonly locksOnClose: () => boolean
  readonly hide: () => void
  readonly lock: () => void
  readonly quit: () => void
}

/** Closing the window quits, which locks; but where the tray is sure to be seen and an assistant runs it only hides. */
export async function closeWindow(parts: Closing): Promise<void> {
  if (!parts.hasTray || !(await parts.isAssistantRunning())) return parts.quit()
  parts.hide()
  if (parts.locksOnClose()) parts.lock()
}
