import { expect, test } from 'vitest'
import { closeWindow } from '../../../src/main/window/closing.ts'

async function closed(hasTray: boolean, running: boolean, locks: boolean): Promise<ReadonlyArray<string>> {
  const done: string[] = []
  await closeWindow({
    hasTray,
    isAssistantRunning: async () => running,
    locksOnClose: () => locks,
    hide: () => done.push('hide'),
    lock: () => done.push('lock'),
    quit: () => done.push('quit'),
  })
  return done
}

test.each([
  ['quits without a tray, whatever runs', false, true, true, ['quit']],
  ['quits when nothing runs', true, false, true, ['quit']],
  ['hides and stays open for the assistant', true, true, false, ['hide']],
  ['hides and locks when the person wants that', true, true, true, ['hide', 'lock']],
] as const)('closing the window %s', async (_name, hasTray, running, locks, done) => {
  expect(await closed(hasTray, running, locks)).toEqual(done)
})
