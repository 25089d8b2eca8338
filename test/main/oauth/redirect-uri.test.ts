import { expect, test } from 'vitest'
import { isRegistered, readRedirectUri } from '../../../src/main/oauth/redirect-uri.ts'

const good: ReadonlyArray<[uri: string, to: string, host: string]> = [
  ['http://127.0.0.1:33418/callback', 'machine', '127.0.0.1:33418'],
  ['http://127.0.0.1/callback', 'machine', '127.0.0.1'],
  ['http://[::1]:33418/', 'machine', '[::1]:33418'],
  ['http://localhost:3000/oauth/callback?x=1', 'machine', 'localhost:3000'],
  ['https://vscode.dev/redirect', 'web', 'vscode.dev'],
  ['https://claude.ai:8443/api/mcp/auth_callback', 'web', 'claude.ai:8443'],
  ['cursor://anysphere.cursor-retrieval/oauth/callback', 'app', 'cursor:'],
  ['com.example.app:/oauth2redirect', 'app', 'com.example.app:'],
]

test.each(good)('%s may get an answer', (uri, to, host) => {
  expect(readRedirectUri(uri)).toEqual({ uri, to, host })
})

/** Every way known to make an answer go elsewhere, or to make two parsers disagree on where it goes. */
const tricks: ReadonlyArray<[name: string, uri: string]> = [
  ['nothing', ''],
  ['a path', '/callback'],
  ['no scheme', '//evil.example/callback'],
  ['script', 'javascript:alert(1)'],
  ['script in capitals', 'JavaScript:alert(1)'],
  ['script with a line break in it', 'java\nscript:alert(1)'],
  ['script as an address', 'javascript://127.0.0.1/%0aalert(1)'],
  ['data', 'data:text/html,<script>alert(1)</script>'],
  ['a blob', 'blob:https://evil.example/1'],
  ['a file', 'file:///etc/passwd'],
  ['the source of a page', 'view-source:http://127.0.0.1/'],
  ['a chat with the desktop', 'ms-msdt:/id'],
  ['a mail', 'mailto:/evil@example.com'],
  ['an opaque app address', 'cursor:callback'],
  ['http to the internet', 'http://evil.example/callback'],
  ['http to the local network', 'http://192.168.0.7/callback'],
  ['loopback by another address', 'http://127.0.0.2:33418/callback'],
  ['loopback written short', 'http://127.1:33418/callback'],
  ['loopback as a number', 'http://2130706433/callback'],
  ['loopback in hex', 'http://0x7f000001/callback'],
  ['loopback as an IPv4 in IPv6', 'http://[::ffff:127.0.0.1]/callback'],
  ['all addresses', 'http://0.0.0.0:33418/callback'],
  ['a name that begins like loopback', 'http://127.0.0.1.evil.example/callback'],
  ['a name that begins like localhost', 'http://localhost.evil.example/callback'],
  ['localhost with a dot', 'http://localhost.:3000/callback'],
  ['localhost in capitals', 'http://LOCALHOST:3000/callback'],
  ['a user name that looks like the host', 'http://127.0.0.1:33418@evil.example/callback'],
  ['a user name', 'https://user@example.com/callback'],
  ['an empty user name', 'https://@example.com/callback'],
  ['a user name before an app', 'cursor://user@host/callback'],
  ['a fragment', 'http://127.0.0.1:33418/callback#x'],
  ['an empty fragment', 'http://127.0.0.1:33418/callback#'],
  ['a wildcard host', 'https://*.example.com/callback'],
  ['a wildcard path', 'http://127.0.0.1:33418/*'],
  ['a backslash', 'https://example.com\\@evil.example/'],
  ['one slash', 'https:/example.com/callback'],
  ['three slashes', 'https:///example.com/callback'],
  ['a tab', 'https://exam\tple.com/callback'],
  ['a space', 'https://example.com/call back'],
  ['a space before', ' https://example.com/callback'],
  ['letters of another alphabet', 'https://ex\u0430mple.com/callback'],
  ['a full-width dot', 'https://example\uff0ecom/callback'],
  ['quotes', 'https://example.com/"onmouseover="x'],
  ['markup', 'https://example.com/<script>'],
  ['a header', 'https://example.com/\r\nset-cookie: a=b'],
  ['too long', `https://example.com/${'a'.repeat(2000)}`],
]

test.each(tricks)('%s gets no answer', (_name, uri) => {
  expect(readRedirectUri(uri)).toHaveProperty('problem')
})

const matches: ReadonlyArray<[known: string, wanted: string, fits: boolean]> = [
  ['http://127.0.0.1:33418/callback', 'http://127.0.0.1:33418/callback', true],
  ['http://127.0.0.1/callback', 'http://127.0.0.1:51234/callback', true],
  ['http://127.0.0.1:1/callback', 'http://127.0.0.1:51234/callback', true],
  ['http://[::1]/callback', 'http://[::1]:51234/callback', true],
  ['http://localhost/callback', 'http://localhost:51234/callback', true],
  ['cursor://a/b', 'cursor://a/b', true],
  ['http://127.0.0.1/callback', 'http://localhost/callback', false],
  ['http://127.0.0.1/callback', 'http://127.0.0.1/callback/', false],
  ['http://127.0.0.1/callback', 'http://127.0.0.1/callback?x=1', false],
  ['http://127.0.0.1/callback', 'http://127.0.0.1/callback/../other', false],
  ['http://127.0.0.1/callback', 'http://127.0.0.1/CALLBACK', false],
  ['http://127.0.0.1/callback', 'https://127.0.0.1/callback', false],
  ['http://127.0.0.1:1/callback', 'http://127.0.0.1:2@evil.example/callback', false],
  ['https://example.com/callback', 'https://example.com:8443/callback', false],
  ['https://example.com/callback', 'https://example.com/callback%2f..', false],
  ['https://example.com/callback', 'https://example.com/callback2', false],
  ['https://example.com/callback', 'https://example.com.evil.example/callback', false],
  ['cursor://a/b', 'cursor://a/b?c', false],
  ['cursor://a/b', 'cursor://a:1/b', false],
]

test.each(matches)('registered %s, wanted %s: %s', (known, wanted, fits) => {
  expect(isRegistered(wanted, [known])).toBe(fits)
})
