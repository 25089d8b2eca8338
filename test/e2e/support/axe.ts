import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Fails with every accessibility fault of the page as it stands. In legacy mode, which needs no second page; its script is run by
 * the debugger, so the content policy stays as it is.
 */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // The builder puts half a megabyte of script into the page twice for every look; once for each page will do.
  const isThere = await page.evaluate<boolean>('"axe" in globalThis')
  const { violations } = await new AxeBuilder({ page, ...(isThere ? { axeSource: 'void 0' } : {}) })
    .setLegacyMode()
    // What passes is not told apart: that took as long as finding the faults.
    .options({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
    .analyze()
  const faults = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  )
  expect(faults, `accessibility of ${what}`).toEqual([])
}
