import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWindowCore, windowPassword } from '../../support/window-core.ts'

let chosen: string | null = null
const { home, call, value, close } = startWindowCore({
  choosePath: async (what) => (what === 'breach-list' ? chosen : null),
})
beforeAll(async () => {
  await value('vault.create', { password: windowPassword })
  await value('items.add', { kind: 'login', name: 'breached', secret: 'kP9$vL2!xQ7zR4&w' })
})
afterAll(close)

test('a page names no list: it has the one looked into that the person chose, and gets its name alone', async () => {
  const path = join(home, 'list.txt')
  // SHA-1 of the secret above.
  writeFileSync(path, '2F460B7E9232F751206D2385743830695125EBAC:3\n')
  const chosenList = { breachList: { kind: 'chosen' } }
  expect(await call('health.check', { breachList: { kind: 'file', path } })).toMatchObject({
    error: { code: 'refused' },
  })
  expect(await call('health.check', chosenList)).toMatchObject({ error: { code: 'refused' } })
  expect(await call('health.chooseList', undefined)).toEqual({ ok: true, value: null })
  chosen = path
  expect(await call('health.chooseList', undefined)).toEqual({ ok: true, value: { fileName: 'list.txt' } })
  expect(await call('health.check', chosenList)).toMatchObject({
    value: { breachList: { fileName: 'list.txt' }, found: [{ findings: [{ what: 'breached', count: 3 }] }] },
  })
  expect(JSON.stringify(await call('health.get', undefined))).not.toContain(home)
})

test('checks are counted with the secrets that are opened: a page cannot try out guesses as “reused” in a loop', async () => {
  const answers: unknown[] = []
  for (let many = 0; many < 70; many += 1) {
    const answer = await call('health.check', { breachList: { kind: 'chosen' } })
    if (!answer.ok) answers.push(answer.error.code)
    if (answers.length > 0) break
  }
  expect(answers).toEqual(['throttled'])
})
