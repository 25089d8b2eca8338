import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { KeysPage } from '../../../src/renderer/src/features/keys/keys-page.tsx'
import { PasswordAgain } from '../../../src/renderer/src/layout/password-again.tsx'
import { Refusal } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'

beforeEach(giveRoom)

/** A core that wants the password once before it opens a secret. */
function forgetfulCore() {
  let given = false
  return core({
    'items.reveal': () => {
      if (given) return 'a-secret-value'
      throw new Refusal({ code: 'password_needed', message: 'Type the vault password again to open secrets.' })
    },
    'vault.confirm': ({ password }: { password: string }) => {
      if (password !== 'right') throw new Refusal({ code: 'wrong_password', message: 'The password is wrong.' })
      given = true
      return null
    },
  })
}

const page = (
  <>
    <KeysPage />
    <PasswordAgain />
  </>
)

describe('a secret that wants the password again', () => {
  test('is shown after the right password, without a second click on Reveal', async () => {
    const bridge = forgetfulCore()
    const user = show(page, bridge, '/keys/itm_github')
    await user.click(await screen.findByRole('button', { name: 'Reveal key' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Type the vault password' }))
    await waitFor(() => expect(document.activeElement).toBe(dialog.getByLabelText('Vault password')))
    await user.keyboard('wrong{Enter}')
    expect(await dialog.findByText('The password is wrong.')).toBeTruthy()
    expect(document.body.textContent).not.toContain('a-secret-value')
    await user.clear(dialog.getByLabelText('Vault password'))
    await user.type(dialog.getByLabelText('Vault password'), 'right{Enter}')
    expect(await screen.findByText('a-secret-value')).toBeTruthy()
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(inputOf(bridge, 'vault.confirm')).toEqual({ password: 'wrong' })
  })

  test('stays covered when the question is cancelled, and says nothing more about it', async () => {
    const user = show(page, forgetfulCore(), '/keys/itm_github')
    await user.click(await screen.findByRole('button', { name: 'Reveal key' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.click(dialog.getByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getAllByLabelText('Covered', { selector: 'span' })).toHaveLength(2)
    expect(document.body.textContent).not.toContain('password was not given')
  })

  test('is asked for above the form that wants it, which stays as it was filled in', async () => {
    const user = show(page, forgetfulCore(), '/keys/itm_github')
    await user.click(await screen.findByRole('button', { name: 'Edit' }))
    const form = within(await screen.findByRole('dialog', { name: 'Edit “GitHub token”' }))
    await user.type(form.getByLabelText('Name'), ' two')
    await user.click(form.getByRole('button', { name: 'Open notes to edit them' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Type the vault password' }))
    await user.click(dialog.getByLabelText('Vault password'))
    await user.type(dialog.getByLabelText('Vault password'), 'right{Enter}')
    expect(await form.findByDisplayValue('a-secret-value')).toBeTruthy()
    expect(form.getByDisplayValue('GitHub token two')).toBeTruthy()
  })
})
