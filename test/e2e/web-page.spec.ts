import { Prompt } from './pages/prompt.ts'
import { ask } from './support/ask.ts'
import { expect, test } from './support/clawkeep.ts'
import { openBrowser, serveWebPage } from './support/web-page/web-page.ts'

// A web page in a real browser, with all that a browser adds and withholds by itself: preflights, Origin, Fetch Metadata,
// cookies and referrers across sites.

for (const sdk of ['first', 'current']) {
  test(`a page of a site that is listed signs in, lists, calls and leaves, with the ${sdk} SDK`, async ({
    unlocked: { page },
    folder,
  }) => {
    const site = await serveWebPage()
    const browser = await openBrowser(folder)
    try {
      const { mcpUrl } = await ask(page, 'status.get', undefined)
      const { door } = await ask(page, 'settings.get', undefined)
      const address = `${site.origin}/?sdk=${sdk}&server=${encodeURIComponent(mcpUrl ?? '')}`
      const output = browser.page.locator('output')

      await browser.page.goto(address)
      await expect(output).toContainText('Failed to fetch')

      await ask(page, 'settings.set', { door: { ...door, origins: [site.origin] } })
      await browser.page.goto(address)
      await expect(browser.page.getByRole('status')).toContainText('Clawkeep')
      await new Prompt(page).ready()
      await expect(page.getByRole('heading', { name: 'Web page wants to sign in to Clawkeep' })).toBeVisible()
      await page.getByRole('button', { name: 'Allow 4 scopes' }).click()

      await expect(output).toContainText('openclaw_chat')
      expect(JSON.parse((await output.textContent()) ?? '')).toMatchObject({
        isError: false,
        hadSession: sdk === 'first',
      })
      const sessions = await ask(page, 'sessions.list', undefined)
      expect(sessions.filter(({ era }) => era === 'session')).toEqual([])
    } finally {
      await browser.close()
      await site.close()
    }
  })
}
