import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { findAppFile, securityHeaders } from './app-files.ts'
import { emptyHtml, noticeCss, noticeHtml, type Notice } from './notice-page.ts'

/** Makes app:// a standard, secure scheme with an origin of its own. Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** An empty page on another site than ours; see `MainWindow.empty`. */
export const betweenOrigin = 'app://empty'

/**
 * Serves app://clawkeep/ from the built page in `folder`, and nothing else of the disk, with the policy in every header.
 * `/notice` is the plain page of `notice`. `onServed` is told the type of each file that is given out.
 */
export function serveAppFiles(
  session: Session,
  options: { folder: string; notice: () => Notice | null; onServed: (type: string) => void },
): void {
  // The first Response loads Node's whole fetch; better while the window's process starts than when it asks for the page.
  void new Response(null)
  session.protocol.handle('app', async (request) => {
    if (request.method !== 'GET') return answer(405, 'text/plain', 'Only GET.')
    if (request.url === `${betweenOrigin}/`) return answer(200, 'text/html; charset=utf-8', emptyHtml)
    const { pathname } = new URL(request.url)
    const notice = options.notice()
    if (notice !== null && pathname === '/notice') return answer(200, 'text/html; charset=utf-8', noticeHtml(notice))
    if (pathname === '/notice.css') return answer(200, 'text/css; charset=utf-8', noticeCss)
    const found = findAppFile(request.url, options.folder)
    if (found === null) return answer(404, 'text/plain', 'Not found.')
    try {
      const body = await readFile(found.file)
      options.onServed(found.type)
      return answer(200, found.type, body)
    } catch {
      return answer(404, 'text/plain', 'Not found.')
    }
  })
}

function answer(status: number, type: string, body: string | Buffer<ArrayBuffer>): Response {
  return new Response(body, { status, headers: { ...securityHeaders, 'Content-Type': type } })
}
