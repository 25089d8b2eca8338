import { describe, expect, test } from 'vitest'
import { checkedExternalLink, gestureWindowMs } from '../../../src/main/window/external-links.ts'

describe('links to the system browser', () => {
  test('a site Clawkeep links to opens after a click', () => {
    expect(checkedExternalLink('https://docs.docker.com/engine/install/', 100)).toBe(
      'https://docs.docker.com/engine/install/',
    )
  })

  test.each([
    ['without a click', 'https://docs.docker.com/', gestureWindowMs + 1],
    ['a window that never had one', 'https://docs.docker.com/', Number.POSITIVE_INFINITY],
    ['plain http', 'http://docs.docker.com/', 1],
    ['a local file', 'file:///etc/passwd', 1],
    ['a program', 'javascript:alert(1)', 1],
    ['another scheme', 'ssh://docs.docker.com/', 1],
    ['a site that is not ours to link to', 'https://example.com/', 1],
    ['a site that ends like ours', 'https://evil-docs.docker.com/', 1],
    ['a site that begins like ours', 'https://docs.docker.com.evil.test/', 1],
    ['a user name', 'https://docs.docker.com@evil.test/', 1],
    ['a port', 'https://docs.docker.com:8443/', 1],
    ['data in the query', 'https://docs.docker.com/?leak=secret', 1],
    ['a long address', `https://docs.docker.com/${'x'.repeat(300)}`, 1],
    ['no address', 'docs.docker.com', 1],
  ])('%s does not open', (_name, address, sinceGestureMs) => {
    expect(checkedExternalLink(address, sinceGestureMs)).toBeNull()
  })
})
