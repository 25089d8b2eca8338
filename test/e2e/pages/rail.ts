import { expect, type Page } from '@playwright/test'

/** The pages, in the order of the rail and of Ctrl+1 to 6. */
export const pageNames = ['Approvals', 'Assistants', 'Keys', 'Clients', 'Audit', 'Settings'] as const
export type PageName = (typeof pageNames)[number]

/** The rail at the left: the pages, the lock. */
export class Rail {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async open(name: PageName): Promise<void> {
    await this.#page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .click()
    await this.shows(name)
  }

  async shows(name: PageName): Promise<void> {
    await expect(this.#page.getByRole('heading', { level: 1, name })).toBeVisible()
  }

  async lock(): Promise<void> {
    await this.#page.getByRole('button', { name: /^Lock now/ }).click()
  }
}
