import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createApp } from '../../../src/main/app.ts'
import { repoRoot } from '../../support/spawn-core.ts'
import { temporaryHome } from '../../support/vault.ts'

test('a page in a hostile hand cannot open secret after secret: after sixty it has to wait', async () => {
  const home = temporaryHome()
  const app = createApp({ home, version: 'test', resourcesDir: `${repoRoot}/resources`, idleLock: false })
  const call = (route: string, input: unknown) => app.router.call(route, input, { kind: 'window' })
  try {
    await call('vault.create', { password: 'correct horse battery' })
    const added = await call('items.add', { kind: 'api-key', name: 'github', secret: 'ghp_1' })
    const { id } = (added as { value: { id: string } }).value
    const reveals = await Promise.all(Array.from({ length: 80 }, () => call('items.reveal', { id, field: 'secret' })))
    const opened = reveals.filter((answer) => answer.ok)
    expect(opened.length).toBeGreaterThanOrEqual(60)
    expect(opened.length).toBeLessThan(70)
    expect(reveals.at(-1)).toMatchObject({ ok: false, error: { code: 'throttled' } })
  } finally {
    await app.dispose()
    rmSync(home, { recursive: true, force: true })
  }
})
