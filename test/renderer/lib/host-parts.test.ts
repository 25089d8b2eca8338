import { expect, test } from 'vitest'
import { hostParts, loadDomains } from '../../../src/renderer/src/lib/host-parts.ts'

const table: ReadonlyArray<readonly [host: string, front: string, registrable: string]> = [
  ['api.github.com', 'api.', 'github.com'],
  ['github.com', '', 'github.com'],
  ['api.github.com.evil-login.co.uk', 'api.github.com.', 'evil-login.co.uk'],
  ['ada.github.io', '', 'ada.github.io'],
  ['github.com.github.io', 'github.', 'com.github.io'],
  ['localhost', '', 'localhost'],
  ['127.0.0.1', '', '127.0.0.1'],
  ['xn--gthub-cta.com', '', 'xn--gthub-cta.com'],
]

for (const [host, front, registrable] of table) {
  test(`in ${host} the part that says who owns it is ${registrable}`, async () => {
    const parts = hostParts(host, await loadDomains())
    expect(parts.registrable).toBe(registrable)
    expect(parts.front).toBe(front)
  })
}
