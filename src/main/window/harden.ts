import { app, shell, type Session, type WebContents } from 'electron'
import { appOrigin } from '../ipc/sender.ts'
import { betweenOrigin } from './app-protocol.ts'
import { checkedExternalLink } from './external-links.ts'

/**
 * Switches that hold for the whole process; must run before the app is ready.
 * The window never uses the network. Content policy does not cover everything that does (DNS prefetch, WebRTC), so no name and
 * no address resolves for Chromium at all. The core's own requests do not go through Chromium.
 */
export function cutOffNetwork(): void {
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  app.commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp')
  app.commandLine.appendSwitch('disable-background-networking')
}

/** Denies every permission, device, download and request that is not for our own files. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onBeforeRequest((details, answer) => {
    const own =
      details.url.startsWith(`${appOrigin}/`) ||
      details.url.startsWith(`${betweenOrigin}/`) ||
      (!app.isPackaged && details.url.startsWith('devtools://'))
    answer({ cancel: !own })
  })
}

/** Denies navigation, new windows and embedded pages to every page of this process, whoever makes it. */
export function hardenEveryPage(): void {
  app.on('web-contents-created', (_event, contents) => {
    let lastGestureMs = Number.NEGATIVE_INFINITY
    contents.on('input-event', (_input, input) => {
      if (input.type === 'mouseDown' || input.type === 'mouseUp' || input.type === 'rawKeyDown')
        lastGestureMs = performance.now()
    })
    // loadURL and reload of the main process do not come through here; everything a page starts does.
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-frame-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.on('select-bluetooth-device', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      openExternally(url, performance.now() - lastGestureMs)
      return { action: 'deny' }
    })
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  })
}

/** The only way from the window to the system's browser. */
function openExternally(address: string, sinceGestureMs: number): void {
  const checked = checkedExternalLink(address, sinceGestureMs)
  if (checked !== null) shell.openExternal(checked).catch(() => undefined)
}

/** Says whether a page may still be spoken to. */
export function isAlive(contents: WebContents | null | undefined): contents is WebContents {
  return contents !== null && contents !== undefined && !contents.isDestroyed() && !contents.isCrashed()
}
