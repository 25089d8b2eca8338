import { expect, test } from 'vitest'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { followCore } from '../../../src/main/window/core-events.ts'

function start(): {
  say: string[]
  set: (next: Partial<{ vault: 'locked' | 'unlocked'; pendingApprovals: number; dueItems: number }>) => void
  end: () => void
} {
  const events = new ChangeEvents()
  const state = { vault: 'locked' as 'locked' | 'unlocked', pendingApprovals: 0, dueItems: 0 }
  const say: string[] = []
  const end = followCore(
    { events, status: () => ({ ...state }), settings: { get: () => ({ theme: 'dark', notifications: true }) } },
    {
      onLocked: () => say.push('locked'),
      onDue: (count) => say.push(`${count} due`),
      onTheme: (theme) => say.push(theme),
      onState: ({ pending, vault }) => say.push(`${vault} ${pending}`),
    },
  )
  return {
    say,
    end,
    set: (next) => {
      Object.assign(state, next)
      events.emit('status')
    },
  }
}

test('the theme and the state are told at once', () => {
  expect(start().say).toEqual(['dark', 'locked 0'])
})

test('the page is emptied once for each lock, before the new state is shown', () => {
  const { say, set } = start()
  say.length = 0
  set({ vault: 'unlocked' })
  set({ vault: 'locked' })
  set({ pendingApprovals: 1 })
  set({ vault: 'unlocked' })
  set({ vault: 'locked' })
  expect(say).toEqual(['unlocked 0', 'locked', 'locked 0', 'locked 1', 'unlocked 1', 'locked', 'locked 1'])
})

test('how many items are due is told while there are any, and never of a locked vault', () => {
  const { say, set } = start()
  say.length = 0
  set({ vault: 'unlocked', dueItems: 2 })
  set({ vault: 'locked', dueItems: 0 })
  set({ vault: 'unlocked', dueItems: 1 })
  expect(say.filter((word) => word.endsWith('due'))).toEqual(['2 due', '1 due'])
})

test('nothing is told after the end', () => {
  const { say, set, end } = start()
  end()
  say.length = 0
  set({ vault: 'unlocked' })
  expect(say).toEqual([])
})
