import { app } from 'electron'

/** Quitting says what it waits for only when it takes this long. */
const noticeAfterMs = 300
/** Containers and files get this long; what is left of a container is found again at the next start. */
const quitWithinMs = 15_000

/**
 * Makes every way out of the app (menu, tray, closed window, signal, shutdown) run `dispose` once and wait for it, bounded.
 * `onSlow` is called when the person should see why the window is still there. Ends with `process.exitCode`.
 */
export function quitAfter(options: { dispose: () => Promise<void>; onSlow: () => void }): void {
  let quitting = false
  app.on('before-quit', (event) => {
    event.preventDefault()
    if (quitting) return
    quitting = true
    const slow = setTimeout(options.onSlow, noticeAfterMs)
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, quitWithinMs))
    void Promise.race([options.dispose().catch(() => undefined), deadline]).then(() => {
      clearTimeout(slow)
      app.exit(Number(process.exitCode ?? 0))
    })
  })
}
