import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { followChanges, forgetVault } from '../../../src/renderer/src/lib/query-client.ts'
import { createBridge } from '../support/bridge.ts'
import { putBridge } from '../support/render.tsx'

afterEach(() => vi.useRealTimers())

test('an event makes the queries of its topic stale at once, and a burst only twice', () => {
  vi.useFakeTimers()
  const bridge = putBridge(createBridge({}))
  const client = new QueryClient()
  const invalidate = vi.spyOn(client, 'invalidateQueries')
  const end = followChanges(client)
  for (let times = 0; times < 50; times += 1) bridge.emit('audit')
  expect(invalidate).toHaveBeenCalledTimes(1)
  expect(invalidate).toHaveBeenCalledWith({ queryKey: ['audit'] })
  vi.advanceTimersByTime(500)
  expect(invalidate).toHaveBeenCalledTimes(2)
  end()
  bridge.emit('audit')
  expect(invalidate).toHaveBeenCalledTimes(2)
})

test('a lock forgets what was read from the vault and keeps what is open anyway', () => {
  const client = new QueryClient()
  for (const topic of ['status', 'settings', 'items', 'approvals', 'audit']) client.setQueryData([topic], topic)
  forgetVault(client)
  expect(
    client
      .getQueryCache()
      .getAll()
      .map(({ queryKey }) => queryKey[0]),
  ).toEqual(['status', 'settings'])
})
