import { expect, type Page } from '@playwright/test'

/** The password of every vault that a test makes. */
export const password = 'correct horse battery'

/** What stands before the vault: making it, opening it. */
export class Gate {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** Makes the vault as a person would, keeps the recovery words, and waits for the pages behind it. */
  async create(chosen: string = password): Promise<string> {
    const words = await this.make(chosen)
    await this.keepWords()
    return words
  }

  /** Makes the vault and stops where the recovery words are shown. */
  async make(chosen: string = password): Promise<string> {
    await this.#page.getByLabel('Password', { exact: true }).fill(chosen)
    await this.#page.getByLabel('Password again', { exact: true }).fill(chosen)
    await this.#page.getByRole('button', { name: 'Make the vault' }).click()
    return this.shownWords()
  }

  /** The 24 words on the screen, in their order. */
  async shownWords(): Promise<string> {
    const list = this.#page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem')
    await expect(list).toHaveCount(24)
    return (await list.allInnerTexts()).map((line) => line.replace(/^\d+\s+/, '')).join(' ')
  }

  async keepWords(): Promise<void> {
    await this.#page.getByRole('checkbox').click()
    await this.#page.getByRole('button', { name: 'Continue' }).click()
    await this.opened()
  }

  /** From the lock: sets a new password with the recovery words. */
  async recover(words: string, chosen: string): Promise<void> {
    await this.#page.getByRole('button', { name: 'Use the recovery words' }).click()
    await this.#page.getByLabel('Recovery words').fill(words)
    await this.#page.getByLabel('New password', { exact: true }).fill(chosen)
    await this.#page.getByLabel('New password again', { exact: true }).fill(chosen)
    await this.#page.getByRole('button', { name: 'Set the password' }).click()
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
