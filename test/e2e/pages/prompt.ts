import { expect, type Locator, type Page } from '@playwright/test'

/** The prompt on the page Approvals. */
export class Prompt {
  readonly allowOnce: Locator
  readonly deny: Locator
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
    this.allowOnce = page.getByRole('button', { name: 'Allow once' })
    this.deny = page.getByRole('button', { name: 'Deny', exact: true })
  }

  /** Waits until it is there and takes input. */
  async ready(): Promise<void> {
    await expect(this.deny).toBeEnabled()
  }

  async gone(): Promise<void> {
    await expect(this.deny).toHaveCount(0)
  }

  async denyBecause(reason: string): Promise<void> {
    await this.#page.getByRole('button', { name: 'Deny with reason…' }).click()
    await this.#page.getByLabel('Your reason').fill(reason)
    await this.#page.getByRole('button', { name: 'Deny', exact: true }).click()
  }

  async allowFor(span: string): Promise<void> {
    await this.#page.getByRole('combobox', { name: 'Allow for' }).click()
    await this.#page.getByRole('option', { name: new RegExp(`^${span}`) }).click()
    await this.#page.getByRole('button', { name: /^Allow/ }).click()
  }
}
