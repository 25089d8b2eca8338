import { expect, type Page } from '@playwright/test'

/** The password of every vault that a test makes. */
export const password = 'correct horse battery'

/** What stands before the vault: making it, opening it. */
export class Gate {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** Makes the vault as a person would and waits for the pages behind it. */
  async create(chosen: string = password): Promise<void> {
    await this.#page.getByLabel('Password', { exact: true }).fill(chosen)
    await this.#page.getByLabel('Password again', { exact: true }).fill(chosen)
    await this.#page.getByRole('button', { name: 'Make the vault' }).click()
    await this.opened()
  }

  async unlock(tried: string = password): Promise<void> {
    await this.#page.getByLabel('Password', { exact: true }).fill(tried)
    await this.#page.getByRole('button', { name: 'Unlock', exact: true }).click()
  }

  async opened(): Promise<void> {
    await expect(this.#page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  }

  async locked(): Promise<void> {
    await expect(this.#page.getByRole('heading', { name: 'Clawkeep is locked' })).toBeVisible()
  }
}
