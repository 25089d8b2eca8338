import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What passes is not told apart: that took as long as finding the faults. */
const options = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] } as const

type Fault = { readonly id: string; readonly help: string; readonly nodes: ReadonlyArray<{ readonly target: unknown }> }

/**
 * Fails with every accessibility fault of the page as it stands. In legacy mode, which needs no second page; its script is run by
 * the debugger, so the content policy stays as it is.
 */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  const faults = (await findFaults(page)).map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => String(target)).join(', ')}`,
  )
  expect(faults, `accessibility of ${what}`).toEqual([])
}

async function findFaults(page: Page): Promise<ReadonlyArray<Fault>> {
  // The builder puts half a megabyte of script into the page for every look; once for each page will do.
  if (await page.evaluate<boolean>('"axe" in globalThis'))
    return page.evaluate<Fault[]>(`axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`)
  return (
    await new AxeBuilder({ page })
      .setLegacyMode()
      .options({ ...options, resultTypes: ['violations'] })
      .analyze()
  ).violations
}
