import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createApp, type App } from '../../../src/main/app.ts'
import type { AppOptions } from '../../../src/main/app-options.ts'
import type { RouteName } from '../../../src/shared/ipc/contract.ts'
import type { AuditPage } from '../../../src/shared/models/audit.ts'
import { repoRoot } from '../../support/spawn-core.ts'
import { temporaryHome } from '../../support/vault.ts'

const password = 'correct horse battery'
const homes: string[] = []
const apps: App[] = []

afterAll(async () => {
  for (const app of apps) await app.dispose()
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

function newHome(): string {
  const home = temporaryHome()
  homes.push(home)
  return home
}

function start(home: string, more: Partial<AppOptions> = {}): App {
  const app = createApp({ home, version: 'test', resourcesDir: `${repoRoot}/resources`, idleLock: false, ...more })
  apps.push(app)
  return app
}

async function value<T>(app: App, route: RouteName, input: unknown = null): Promise<T> {
  const answer = await app.router.call(route, input, { kind: 'window' })
  if (!answer.ok) throw new Error(`${route}: ${answer.error.code}: ${answer.error.message}`)
  return answer.value as T
}

const call = (app: App, route: RouteName, input: unknown = null) => app.router.call(route, input, { kind: 'window' })

test('an older vault file is opened for nobody, window or command, until the person accepts it, and that is written down first', async () => {
  const home = newHome()
  const first = start(home)
  await value(first, 'vault.create', { password })
  await first.dispose()
  copyFileSync(join(home, 'vault.db'), join(home, 'older.db'))
  const second = start(home)
  await value(second, 'vault.unlock', { password })
  await value(second, 'items.add', { kind: 'note', name: 'newer' })
  await second.dispose()
  copyFileSync(join(home, 'older.db'), join(home, 'vault.db'))

  const app = start(home)
  expect(await call(app, 'vault.unlock', { password })).toMatchObject({
    error: { code: 'rolled_back', message: expect.stringContaining('1 change of an item') as string },
  })
  const byCommand = await app.router.call('items.list', null, { kind: 'cli', password })
  expect(byCommand).toMatchObject({
    error: { code: 'rolled_back', hint: expect.stringContaining('--accept-older') as string },
  })
  expect(app.status().vault).toBe('locked')
  await value(app, 'vault.unlock', { password, acceptOlder: true })
  expect(await value(app, 'items.list')).toEqual([])
  const { entries } = await value<AuditPage>(app, 'audit.list', { kinds: ['vault.unlock', 'vault.accept-older'] })
  const lines = entries.map(({ kind, phase, outcome, code }) => [kind, phase, outcome, code].join(' ').trim())
  // Newest first.
  expect(lines.slice(0, 6)).toEqual([
    'vault.accept-older close ok',
    'vault.unlock close ok',
    'vault.unlock open',
    'vault.accept-older open',
    'vault.unlock close refused rolled_back',
    'vault.unlock open',
  ])
})
