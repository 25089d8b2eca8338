import { ipcMain, type WebContents } from 'electron'
import { changedChannel, requestChannel } from '../../shared/ipc/channels.ts'
import type { WireError } from '../../shared/app-error.ts'
import type { ChangeEvents } from '../change-events.ts'
import { isPlainAndSmall } from './message-size.ts'
import type { Router } from './router.ts'
import { appOrigin, isTrustedSender } from './sender.ts'

/** The window asks a handful of things at once; a page that asks for more than this is broken or hostile. */
const maxInFlight = 64

type Core = { readonly router: Router; readonly events: ChangeEvents }

/**
 * Connects the window's page to the router: the only place that uses `ipcMain`.
 * Requests that arrive before the core is built wait for it, so the page can load while the vault file is opened; `onRequest` is
 * told of each that comes from the page.
 * Returns the function that disconnects.
 */
export function connectWindow(options: {
  core: Promise<Core>
  contents: () => WebContents | null
  onRequest: () => void
}): () => void {
  let inFlight = 0
  ipcMain.handle(requestChannel, async (event, route: unknown, input: unknown) => {
    if (!isTrustedSender(event, options.contents())) return refusal('refused', 'Only the Clawkeep window may ask this.')
    options.onRequest()
    if (typeof route !== 'string' || route.length > 100) return refusal('invalid', 'This request has no name.')
    if (!isPlainAndSmall(input)) return refusal('too_large', 'This is more than the window may send at once.')
    if (inFlight >= maxInFlight) return refusal('unavailable', 'The window asks too much at once.')
    inFlight += 1
    try {
      const { router } = await options.core
      return await router.call(route, input, { kind: 'window' })
    } catch {
      // Only when the core could not be built; the person is told by the notice that replaces the page.
      return refusal('unavailable', 'Clawkeep could not start.')
    } finally {
      inFlight -= 1
    }
  })

  let unsubscribe: (() => void) | null = null
  let connected = true
  options.core.then(
    ({ events }) => {
      if (connected) unsubscribe = events.on((topic) => announce(options.contents(), topic))
    },
    () => undefined,
  )

  return () => {
    connected = false
    unsubscribe?.()
    ipcMain.removeHandler(requestChannel)
  }
}

/** Topics carry no data, yet even a topic is only told to our own page. */
function announce(contents: WebContents | null, topic: string): void {
  if (contents === null || contents.isDestroyed() || contents.isCrashed()) return
  if (contents.mainFrame.origin === appOrigin) contents.send(changedChannel, topic)
}

function refusal(code: WireError['code'], message: string): { ok: false; error: WireError } {
  return { ok: false, error: { code, message } }
}
