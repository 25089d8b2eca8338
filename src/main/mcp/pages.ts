import { isUtf8 } from 'node:buffer'

/** Bytes of one page, a multiple of three: pages in base64 can be put together as they are. */
export const pageBytes = 63 * 1024

/** Cuts a body into pages; one of text is not cut inside a character. An empty body has one empty page. */
export function pagesOf(body: Buffer): ReadonlyArray<Buffer> {
  const isText = isUtf8(body)
  const pages: Buffer[] = []
  let from = 0
  do {
    let to = Math.min(from + pageBytes, body.length)
    // 10xxxxxx continues a character (RFC 3629).
    while (isText && to < body.length && ((body[to] ?? 0) & 0xc0) === 0x80) to--
    pages.push(body.subarray(from, to))
    from = to
  } while (from < body.length)
  return pages
}
