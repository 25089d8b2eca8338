import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** A page of the sign-in: Clawkeep's own words, and at most one link. It holds nothing that the asker chose but that link. */
export type Page = {
  readonly status: number
  readonly title: string
  readonly text: string
  /** Looks again at this address after this many seconds, without script. */
  readonly again?: { readonly afterS: number; readonly url: string }
  readonly link?: { readonly words: string; readonly url: string }
}

const style =
  ':root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;' +
  'font:16px/1.5 system-ui,sans-serif;background:#f6f5f2;color:#22201c}main{max-width:26rem;padding:2rem}' +
  'h1{font-size:1.35rem;margin:0 0 .5rem}p{margin:0 0 1rem;color:#5c574e}a{color:#9a3d1b}' +
  '@media(prefers-color-scheme:dark){body{background:#191816;color:#eceae5}p{color:#a8a297}a{color:#f0a27f}}'

const styleHash = createHash('sha256').update(style).digest('base64')
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Sends a page that can run, load, frame and post nothing. */
export function sendPage(response: ServerResponse, page: Page): void {
  const { status, title, text, again, link } = page
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex">',
    `<title>${escape(title)} · Clawkeep</title>`,
    again === undefined ? '' : `<meta http-equiv="refresh" content="${again.afterS};url=${escape(again.url)}">`,
    `<style>${style}</style></head><body><main><h1>${escape(title)}</h1><p role="status">${escape(text)}</p>`,
    link === undefined ? '' : `<p><a rel="noreferrer" href="${escape(link.url)}">${escape(link.words)}</a></p>`,
    '</main></body></html>',
  ].join('')
  response.setHeader('content-security-policy', policy)
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(html))
  response.writeHead(status).end(html)
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
