import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { protocol, type ProtocolResponse, type Session } from 'electron'
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
 * `/notice` is the plain page of `notice`.
 */
export function serveAppFiles(session: Session, options: { folder: string; notice: () => Notice | null }): void {
  // Not `handle`, which loads Node's whole fetch at each start: see decision 0022.
  session.protocol.registerStreamProtocol('app', ({ method, url }, give) => {
    void answerTo(method, url, options).then(give)
  })
}

async function answerTo(
  method: string,
  address: string,
  { folder, notice }: { folder: string; notice: () => Notice | null },
): Promise<ProtocolResponse> {
  if (method !== 'GET') return answer(405, 'text/plain', 'Only GET.')
  if (address === `${betweenOrigin}/`) return answer(200, 'text/html; charset=utf-8', emptyHtml)
  const { pathname } = new URL(address)
  const shown = notice()
  if (shown !== null && pathname === '/notice') return answer(200, 'text/html; charset=utf-8', noticeHtml(shown))
  if (pathname === '/notice.css') return answer(200, 'text/css; charset=utf-8', noticeCss)
  const found = findAppFile(address, folder)
  if (found === null) return answer(404, 'text/plain', 'Not found.')
  try {
    return answer(200, found.type, await readFile(found.file))
  } catch {
    return answer(404, 'text/plain', 'Not found.')
  }
}

function answer(statusCode: number, type: string, body: string | Buffer): ProtocolResponse {
  // Electron leaves out every piece of a stream that is not a Buffer.
  const data = Readable.from([typeof body === 'string' ? Buffer.from(body, 'utf8') : body])
  return { statusCode, headers: { ...securityHeaders, 'Content-Type': type }, data }
}
