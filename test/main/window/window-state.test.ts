import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultSize, readWindowState, usableBounds, writeWindowState } from '../../../src/main/window/window-state.ts'

const screen = { x: 0, y: 0, width: 1920, height: 1080 }

describe('where the window opens', () => {
  test('the first time it has the default size', () => {
    expect(usableBounds(null, [screen])).toEqual(defaultSize)
  })

  test('it comes back where it was', () => {
    const bounds = { x: 300, y: 200, width: 1000, height: 700 }
    expect(usableBounds(bounds, [screen])).toEqual(bounds)
  })

  test('it is not lost on a screen that is gone', () => {
    expect(usableBounds({ x: 2500, y: 200, width: 1000, height: 700 }, [screen])).toEqual(defaultSize)
    expect(usableBounds({ x: -990, y: 200, width: 1000, height: 700 }, [screen])).toEqual(defaultSize)
    expect(usableBounds({ x: 100, y: -50, width: 1000, height: 700 }, [screen])).toEqual(defaultSize)
  })

  test('it stays on a second screen', () => {
    const bounds = { x: 2500, y: 200, width: 1000, height: 700 }
    expect(usableBounds(bounds, [screen, { ...screen, x: 1920 }])).toEqual(bounds)
  })

  test('it is never smaller than it works at', () => {
    expect(usableBounds({ x: 10, y: 10, width: 1, height: 1 }, [screen])).toEqual({
      x: 10,
      y: 10,
      width: 900,
      height: 600,
    })
  })
})

describe('window-state.json', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'clawkeep-window-'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  test('what was written is read again, by this user only', () => {
    const state = { bounds: { x: 1, y: 2, width: 1000, height: 700 }, maximized: true, theme: 'dark' as const }
    writeWindowState(home, state)
    expect(readWindowState(home)).toEqual(state)
    expect(statSync(join(home, 'window-state.json')).mode & 0o777).toBe(0o600)
  })

  test.each([
    '',
    '{',
    '[]',
    '{"bounds":{"x":"1"},"maximized":true,"theme":"dark"}',
    '{"bounds":{"x":1,"y":1,"width":1.5,"height":2},"maximized":true,"theme":"dark"}',
    '{"bounds":null,"theme":"dark"}',
    '{"bounds":null,"maximized":true,"theme":"pink"}',
  ])('the content %j is ignored', (text) => {
    writeFileSync(join(home, 'window-state.json'), text)
    expect(readWindowState(home)).toEqual({ bounds: null, maximized: false, theme: 'system' })
  })

  test('a folder that is not there costs nothing', () => {
    expect(() => writeWindowState(join(home, 'gone'), readWindowState(join(home, 'gone')))).not.toThrow()
  })
})
