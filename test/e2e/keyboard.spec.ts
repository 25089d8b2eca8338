import type { Page } from '@playwright/test'
import { Gate } from './pages/gate.ts'
import { pageNames, Rail } from './pages/rail.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { pending, plantGarden } from './support/garden.ts'
import { standStill } from './support/still.ts'

/** Presses Tab until the focus is back where it began, and names what could take it but never got it, or got it unseen. */
async function unreached(page: Page): Promise<string[]> {
  await page.evaluate(`(() => {
    window.reached = new Set()
    window.unseen = []
    document.activeElement?.blur?.()
    window.look = () => {
      const now = document.activeElement
      if (now === null || now === document.body || window.reached.has(now)) return window.reached.size
      window.reached.add(now)
      const box = now.getBoundingClientRect()
      if (box.width === 0 || box.height === 0) window.unseen.push('unseen: ' + now.outerHTML.slice(0, 120))
      return window.reached.size
    }
  })()`)
  let count = 0
  let still = 0
  while (still < 3 && count < 200) {
    await page.keyboard.press('Tab')
    const now = await page.evaluate<number>('window.look()')
    still = now === count ? still + 1 : 0
    count = now
  }
  expect(count).toBeGreaterThan(8)
  return page.evaluate<string[]>(`(() => {
    const could = [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex]')]
      .filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility() && each.closest('[inert], [aria-hidden=true]') === null)
      // Base UI's focus guards and hidden form inputs take no focus of their own.
      .filter((each) => !each.hasAttribute('data-base-ui-focus-guard') && each.getAttribute('type') !== 'hidden')
      // Of a group of radio buttons one takes the focus, the arrows do the rest.
      .filter((each) => each.getAttribute('role') !== 'radio' || each.getAttribute('aria-checked') === 'true')
    return [...window.unseen, ...could.filter((each) => !window.reached.has(each)).map((each) => 'unreached: ' + each.outerHTML.slice(0, 160))]
  })()`)
}

test('Tab reaches everything on every page, and what has the focus is seen', async ({ unlocked: { page } }) => {
  test.setTimeout(180_000)
  const client = await plantGarden(page)
  const rail = new Rail(page)
  for (const name of pageNames) {
    await rail.open(name)
    await standStill(page)
    expect(await unreached(page), name).toEqual([])
  }
  await client.close()
})

test('Ctrl+1 to 6 go to the pages, / to the search', async ({ unlocked: { page } }) => {
  await ask(page, 'items.add', { kind: 'api-key', name: 'GitHub token', secret: 'ghp_x' })
  const rail = new Rail(page)
  for (const [position, name] of pageNames.entries()) {
    await page.keyboard.press(`ControlOrMeta+${position + 1}`)
    await rail.shows(name)
  }
  await page.keyboard.press('ControlOrMeta+3')
  await rail.shows('Keys')
  await page.keyboard.press('/')
  await expect(page.getByLabel('Search name, host, account')).toBeFocused()
})

test('the whole way in works without a mouse', async ({ clawkeep: { page } }) => {
  const gate = new Gate(page)
  await page.getByLabel('Password', { exact: true }).focus()
  await page.keyboard.type('correct horse battery')
  await page.keyboard.press('Enter')
  await page.keyboard.type('correct horse battery')
  await page.keyboard.press('Enter')
  await gate.shownWords()
  const kept = page.getByRole('checkbox', { name: 'They are on paper' })
  const focused = kept.and(page.locator(':focus'))
  for (let stops = 0; stops < 5 && (await focused.count()) === 0; stops += 1) await page.keyboard.press('Tab')
  await expect(kept).toBeFocused()
  for (const key of ['Space', 'Tab', 'Enter']) await page.keyboard.press(key)
  await gate.opened()
})

test('a key that was under way when a prompt came up decides nothing, and Enter never allows', async ({
  unlocked: { page },
}) => {
  const client = await plantGarden(page)
  const rail = new Rail(page)
  await rail.open('Keys')
  await rail.open('Approvals')
  const states = async (): Promise<ReadonlyArray<string>> => {
    const waiting = await pending(page)
    const all = await ask(page, 'approvals.list', undefined)
    return [`${waiting.length} waiting`, `${all.filter(({ state }) => state === 'allowed').length} allowed`]
  }
  const deny = page.getByRole('button', { name: 'Deny', exact: true })
  await expect(deny).toBeFocused()
  for (const key of ['Enter', 'Space', 'd', 'y', 'a']) await page.keyboard.press(key, { delay: 5 })
  expect(await states()).toEqual(['2 waiting', '0 allowed'])

  await standStill(page)
  const allow = page.getByRole('button', { name: 'Allow once' })
  await allow.focus()
  await page.keyboard.press('Enter')
  await page.waitForTimeout(300)
  expect(await states()).toEqual(['2 waiting', '0 allowed'])

  await deny.focus()
  await page.keyboard.press('Enter')
  await expect.poll(states).toEqual(['1 waiting', '0 allowed'])
  await client.close()
})
