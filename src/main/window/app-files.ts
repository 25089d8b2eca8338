import { extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/**
 * What the page may load and do: its own files, nothing else, nothing inline. `default-src 'none'` also forbids workers, frames,
 * media and manifests. Sent with every answer of the app:// scheme.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
].join('; ')

/** The headers of every answer of the app:// scheme but its type. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

/** Names the bundler makes: no empty, hidden or dot segment, no escape, no backslash, so no way out of the folder. */
const safePath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/

/**
 * Finds the file that an app:// address means inside `folder`; null when it means none.
 * Only host `clawkeep`, only known types. `/` and paths without a file ending are the page itself (its own routes).
 */
export function findAppFile(address: string, folder: string): { file: string; type: string } | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  if (url.protocol !== 'app:' || url.host !== 'clawkeep' || url.username !== '' || url.password !== '') return null
  const page = { file: join(folder, 'index.html'), type: types['.html'] ?? '' }
  if (url.pathname === '/' || url.pathname === '') return page
  if (!safePath.test(url.pathname) || url.pathname.includes('..')) return null
  const ending = extname(url.pathname)
  if (ending === '') return page
  const type = types[ending]
  return type === undefined ? null : { file: join(folder, url.pathname), type }
}
