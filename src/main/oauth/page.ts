import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { mark } from '../../shared/mark.ts'

/** A page of the sign-in: Clawkeep's own words, and at most one link. It holds nothing that the asker chose but that link. */
export type Page = {
  readonly status: number
  readonly title: string
  readonly text: string
  /** Looks again at this address after this many seconds, without script. */
  readonly again?: { readonly afterS: number; readonly url: string }
  readonly link?: { readonly words: string; readonly url: string }
}

/** The colours of the window, which this page cannot load from anywhere. */
const style = [
  ':root{color-scheme:light dark}',
  'body{margin:0;min-height:100vh;display:grid;place-items:center;font:15px/1.55 system-ui,sans-serif;',
  'background:light-dark(#fbfaf8,#15120f);color:light-dark(#211c18,#edeae6)}',
  'main{box-sizing:border-box;width:min(27rem,calc(100vw - 2rem));padding:1.75rem 2rem 2rem;border-radius:12px;',
  'background:light-dark(#fff,#1e1a17);border:1px solid light-dark(#e3dfda,#35302b)}',
  'header{display:flex;align-items:center;gap:.6rem;margin-bottom:1.4rem;font-weight:600}',
  'svg{color:light-dark(#b4430d,#f0894a)}.claws{stroke:light-dark(#fff,#1e1a17)}',
  'h1{font-size:1.25rem;line-height:1.4;letter-spacing:-.011em;margin:0 0 .4rem;text-wrap:balance}',
  'p{margin:0;color:light-dark(#635c55,#aaa39b);text-wrap:pretty}',
  'a{display:inline-block;margin-top:1.25rem;padding:.45rem .9rem;border-radius:8px;font-weight:500;text-decoration:none;',
  'background:light-dark(#b4430d,#f0894a);color:light-dark(#fff,#1e1208)}',
  'a:focus-visible{outline:2px solid light-dark(#b4430d,#f0894a);outline-offset:2px}',
].join('')

const brand = [
  '<header><svg width="26" height="26" viewBox="0 0 32 32" fill="none" aria-hidden="true">',
  `<path d="${mark.keep}" fill="currentColor"/>`,
  `<path class="claws" d="${mark.claws}" stroke-width="1.9" stroke-linecap="round"/></svg>Clawkeep</header>`,
].join('')

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
    `<style>${style}</style></head><body><main>${brand}<h1>${escape(title)}</h1><p role="status">${escape(text)}</p>`,
    link === undefined ? '' : `<a rel="noreferrer" href="${escape(link.url)}">${escape(link.words)}</a>`,
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
