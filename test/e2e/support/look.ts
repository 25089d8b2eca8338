import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { appFolder } from '../../support/electron.ts'
import { ask } from './ask.ts'
import { expectAccessible } from './axe.ts'
import type { Clawkeep } from './clawkeep.ts'
import { standStill } from './still.ts'

/** Both themes. */
export const themes = ['light', 'dark'] as const
/** The usual window and the smallest one. */
export const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
] as const

const screenshots = join(appFolder, 'out', 'screenshots')

/** Gives the page exactly this size. */
export async function setSize({ app, page }: Clawkeep, size: (typeof sizes)[number]): Promise<void> {
  // Said again when the answer is lost: after much work in the main process the debugger may collect it before Playwright has it.
  await expect(() =>
    app.evaluate(
      ({ BrowserWindow }, { width, height }) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height),
      size,
    ),
  ).toPass({ timeout: 5_000 })
  await expect.poll(() => page.evaluate<number>('innerWidth')).toBe(size.width)
}

/** Switches the theme of the window. */
export async function setTheme(page: Page, theme: (typeof themes)[number]): Promise<void> {
  await ask(page, 'settings.set', { theme })
  await expect.poll(() => page.evaluate(`matchMedia('(prefers-color-scheme: dark)').matches`)).toBe(theme === 'dark')
}

/** One picture and one look by axe. */
export async function look(page: Page, name: string, theme: string, size: (typeof sizes)[number]): Promise<void> {
  // A message that goes by itself is there or gone, never faded while axe measures its contrast.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  // A view whose script is still on its way has no heading yet.
  await expect(page.locator('h1').first()).toBeAttached()
  await standStill(page)
  mkdirSync(screenshots, { recursive: true })
  const picture = `${name}-${theme}-${size.width}x${size.height}`
  await page.screenshot({ path: join(screenshots, `${picture}.png`) })
  await expectAccessible(page, picture)
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${picture} scrolls sideways`).toBe(
    true,
  )
}

/** Looks at the page in both themes and both sizes. */
export async function lookEverywhere(clawkeep: Clawkeep, name: string): Promise<void> {
  for (const theme of themes) {
    await setTheme(clawkeep.page, theme)
    for (const size of sizes) {
      await setSize(clawkeep, size)
      await look(clawkeep.page, name, theme, size)
    }
  }
}
