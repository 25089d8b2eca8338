import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stopCore } from '../../../src/main/cli/running-core.ts'
import { controlAddress } from '../../../src/main/control/control-address.ts'
import { lockHome } from '../../../src/main/db/home-lock.ts'
import { temporaryHome } from '../../support/vault.ts'

let home: string
beforeEach(() => {
  home = temporaryHome()
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('a core whose connections break while it ends was stopped all the same', async () => {
  const lock = lockHome(home)
  let asked = 0
  const control = createServer((request) => {
    asked++
    request.socket.destroy()
    if (asked === 2) lock.release()
  })
  await new Promise<void>((resolve) => control.listen(controlAddress(home), resolve))
  expect(await stopCore(home)).toBe(true)
  expect(asked).toBe(2)
  await new Promise((resolve) => control.close(resolve))
})
