import { inflateSync } from 'node:zlib'

/** A PDF as another program reads it: how many pages, the pieces of text in their order, and what stands in the clear around them. */
export function readPdf(pdf: Buffer): { pages: number; pieces: ReadonlyArray<string>; rest: string } {
  const stream = /\bstream\r?\n([\s\S]*?)\r?\nendstream/g
  const whole = pdf.toString('latin1')
  const contents = [...whole.matchAll(stream)].map(([, bytes = '']) =>
    inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1'),
  )
  const rest = whole.replaceAll(stream, '')
  return { pages: rest.match(/\/Type \/Page\b/g)?.length ?? 0, pieces: contents.flatMap(piecesOf), rest }
}

/** Each `[<hex> kern <hex>] TJ` is one piece. */
function piecesOf(content: string): ReadonlyArray<string> {
  return [...content.matchAll(/\[([^\]]*)\] TJ/g)].map(([, parts = '']) =>
    [...parts.matchAll(/<([0-9a-f]*)>/gi)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join(''),
  )
}
