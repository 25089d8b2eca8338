import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../../src/main/db/open.ts'
import { vaultApplicationId, vaultMigrations } from '../../../src/main/vault/schema.ts'
import { Throttle } from '../../../src/main/vault/throttle.ts'
import { codeOf } from '../../support/error-code.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { temporaryHome } from '../../support/vault.ts'

const minuteMs = 60_000

let home: string
let database: Database
let clock: FakeClock
let throttle: Throttle

beforeEach(() => {
  home = temporaryHome()
  database = openDatabase(join(home, 'vault.db'), {
    migrations: vaultMigrations,
    applicationId: vaultApplicationId,
    what: 'vault',
  })
  clock = new FakeClock()
  throttle = new Throttle(database, clock)
})
afterEach(() => {
  database.close()
  rmSync(home, { recursive: true })
})

function wrong(times = 1): void {
  for (let count = 0; count < times; count += 1) {
    throttle.begin()
    throttle.fail()
  }
}

/** As after a restart; the monotonic clock of a new process starts anywhere. */
function restart(): void {
  throttle = new Throttle(database, clock)
}

describe('the throttle', () => {
  it('lets five wrong passwords pass, then waits 30 s and twice as long each further time, up to an hour', () => {
    wrong(5)
    const waits: number[] = []
    for (let count = 0; count < 9; count += 1) {
      waits.push(throttle.remainingMs() / 1000)
      expect(codeOf(() => throttle.begin())).toBe('throttled')
      clock.pass(throttle.remainingMs())
      wrong()
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
  })

  it('says how long to wait', () => {
    wrong(5)
    clock.pass(1000)
    let error: unknown
    try {
      throttle.begin()
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({
      code: 'throttled',
      retryAfterMs: 29_000,
      message: expect.stringContaining('29 seconds'),
    })
  })

  it('does not wait for wrong passwords that are spread out over more than 15 minutes', () => {
    for (let count = 0; count < 20; count += 1) {
      wrong()
      clock.pass(4 * minuteMs)
    }
    expect(throttle.remainingMs()).toBe(0)
  })

  it('forgets everything after the right password', () => {
    wrong(6 - 1)
    clock.pass(30_000)
    throttle.begin()
    throttle.succeed()
    expect(throttle.remainingMs()).toBe(0)
    wrong(4)
    expect(throttle.remainingMs()).toBe(0)
    wrong()
    expect(throttle.remainingMs()).toBe(30_000)
  })

  it('starts from the beginning when a day passed without a wrong password', () => {
    wrong(5)
    clock.pass(25 * 60 * minuteMs)
    wrong(4)
    expect(throttle.remainingMs()).toBe(0)
  })

  it('survives a restart, and counts an attempt that was killed while it ran', () => {
    for (let count = 0; count < 5; count += 1) {
      throttle.begin()
      restart()
    }
    expect(throttle.remainingMs()).toBe(30_000)
    expect(codeOf(() => throttle.begin())).toBe('throttled')
  })

  it('does not show a wait while the attempt that may end it still runs', () => {
    wrong(4)
    throttle.begin()
    expect(throttle.remainingMs()).toBe(0)
    throttle.fail()
    expect(throttle.remainingMs()).toBe(30_000)
  })

  it('keeps waiting when the clock is set back, also over restarts', () => {
    wrong(5)
    clock.pass(10_000)
    restart()
    expect(throttle.remainingMs()).toBe(20_000)
    clock.setWall(clock.now() - 365 * 24 * 60 * minuteMs)
    expect(throttle.remainingMs()).toBe(20_000)
    restart()
    expect(throttle.remainingMs()).toBeGreaterThanOrEqual(20_000)
    expect(throttle.remainingMs()).toBeLessThanOrEqual(30_000)
    clock.pass(30_000)
    expect(throttle.remainingMs()).toBe(0)
  })

  it('is not shortened by a clock set forward while the program runs', () => {
    wrong(5)
    clock.setWall(clock.now() + 60 * minuteMs)
    expect(throttle.remainingMs()).toBe(30_000)
  })

  it('still counts wrong passwords when the clock was set back between them', () => {
    wrong(4)
    clock.setWall(clock.now() - 24 * 60 * minuteMs)
    wrong()
    expect(throttle.remainingMs()).toBe(30_000)
  })

  it('starts fresh, and goes on counting, when its row is not readable', () => {
    wrong(5)
    database.exec("UPDATE throttle SET wrong_at_ms = 'x'")
    restart()
    expect(throttle.remainingMs()).toBe(0)
    wrong(5)
    expect(throttle.remainingMs()).toBe(30_000)
  })
})
