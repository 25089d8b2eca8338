import type { IncomingMessage } from 'node:http'
import { pipeline, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'

/** What `decoded` can undo, for `Accept-Encoding`. */
export const acceptedEncodings = 'gzip, deflate, br'

/** Thrown for an encoding that cannot be undone, and so not searched for the secret: it is not passed on. */
export class UnknownEncoding extends Error {}

/**
 * The body of an answer without its content encoding (RFC 9110, 8.4). An answer without a body names an encoding too (a
 * redirect, a reset form): only its first byte asks for a decoder. Throws UnknownEncoding, or the decoder's own error.
 */
export async function* decoded(response: IncomingMessage): AsyncGenerator<Buffer> {
  const parts = response[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>
  const head = await parts.next()
  if (head.done === true) return
  const first = head.value
  const all = async function* (): AsyncGenerator<Buffer> {
    yield first
    yield* parts
  }
  const encoding = (response.headers['content-encoding'] ?? '').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return yield* all()
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding]?.(first[0] ?? 0) : undefined
  if (decoder === undefined) throw new UnknownEncoding()
  yield* pipeline(all, decoder, () => undefined) as AsyncIterable<Buffer>
}

const decoders: Readonly<Record<string, ((firstByte: number) => Transform) | undefined>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  // Some servers leave out the zlib header (RFC 1950), whose low four bits are always 8.
  deflate: (firstByte) => ((firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
}
