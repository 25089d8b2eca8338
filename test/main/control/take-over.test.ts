import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { controlAddress } from '../../../src/main/control/control-address.ts'
import { ControlServer } from '../../../src/main/control/control-server.ts'
import { takeOver } from '../../../src/main/control/take-over.ts'
import { lockHome } from '../../../src/main/db/home-lock.ts'
import type { Answer } from '../../../src/main/ipc/router.ts'
import { temporaryHome } from '../../support/vault.ts'

let home: string
const ends: Array<() => unknown> = []
beforeEach(() => {
  home = temporaryHome()
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
  rmSync(home, { recursive: true, force: true })
})

const done: Answer = { ok: true, value: null }
const refused: Answer = { ok: false, error: { code: 'refused', message: 'no' } }

/** Whoever holds the home, and what it does when it is asked to make way. */
async function holder({ makesWay, answer }: { makesWay: boolean; answer: (release: () => void) => Answer }) {
  const lock = lockHome(home, { makesWay })
  ends.push(() => lock.release())
  const asked: string[] = []
  const router = {
    call: async (route: string) => {
      asked.push(route)
      return answer(() => lock.release())
    },
  }
  const control = new ControlServer({ router, address: controlAddress(home) })
  await control.listen()
  ends.push(() => control.close())
  return asked
}

const take = (withinMs = 2_000) =>
  takeOver(
    home,
    () => {
      const lock = lockHome(home)
      ends.push(() => lock.release())
      return 'mine'
    },
    { withinMs, signal: new AbortController().signal },
  )

describe('a core that wants the folder of another', () => {
  test('takes a free one, and asks nobody', async () => {
    expect(await take()).toBe('mine')
  })

  test('has one that makes way end, and waits until the folder is free', async () => {
    const asked = await holder({
      makesWay: true,
      answer: (release) => {
        setTimeout(release, 300)
        return done
      },
    })
    expect(await take()).toBe('mine')
    expect(new Set(asked)).toEqual(new Set(['core.makeWay']))
  })

  test('leaves one alone that does not say it makes way', async () => {
    const asked = await holder({ makesWay: false, answer: () => done })
    await expect(take()).rejects.toMatchObject({
      code: 'in_use',
      hint: expect.stringContaining('`clawkeep stop`') as unknown,
    })
    expect(asked).toEqual([])
  })

  test('believes the one that runs, not what an earlier one left written', async () => {
    const asked = await holder({ makesWay: true, answer: () => refused })
    await expect(take()).rejects.toMatchObject({ code: 'in_use' })
    expect(asked).toEqual(['core.makeWay'])
  })

  test('gives up in words when the other does not end in time', async () => {
    await holder({ makesWay: true, answer: () => done })
    await expect(take(200)).rejects.toMatchObject({ code: 'in_use' })
  })

  test('waits for one that is only just starting and does not answer yet', async () => {
    const lock = lockHome(home, { makesWay: true })
    setTimeout(() => lock.release(), 300)
    expect(await take()).toBe('mine')
  })

  test('is told of other troubles at once', async () => {
    const trouble = () => {
      throw new Error('no disk')
    }
    await expect(takeOver(home, trouble)).rejects.toThrow('no disk')
  })
})
