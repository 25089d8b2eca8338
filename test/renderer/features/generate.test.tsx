import { screen, waitFor, within } from '@testing-library/react'
import { useState } from 'react'
import { beforeEach, expect, test } from 'vitest'
import { PasswordField } from '../../../src/renderer/src/components/ui/password-field.tsx'
import { useGenerator } from '../../../src/renderer/src/features/generate/use-generator.tsx'
import { core } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'

beforeEach(giveRoom)

function Form() {
  const [value, setValue] = useState('')
  return <PasswordField label="Key" value={value} onChange={setValue} beside={useGenerator({ onUse: setValue })} />
}

const field = () => document.querySelector<HTMLInputElement>('input[type=password]')

test('a password is made by the choices of the person, and goes into the field only when it is used', async () => {
  const bridge = core()
  const user = show(<Form />, bridge, '/keys')
  await user.click(screen.getByRole('button', { name: 'Generate' }))
  const popover = within(await screen.findByRole('dialog', { name: 'Generate' }))
  const made = () => popover.getByRole('status', { name: 'Generated' }).textContent ?? ''
  expect(made()).toMatch(/^.{20}$/)
  expect(await popover.findByText(/^129 bits, strong$/, {}, { timeout: 5_000 })).toBeTruthy()
  const first = made()
  await user.click(popover.getByRole('button', { name: 'Make another' }))
  expect(made()).not.toBe(first)
  for (const name of ['a–z', 'A–Z', '!#$%', '0–9']) await user.click(popover.getByRole('checkbox', { name }))
  // The last kind cannot be taken away.
  expect(made()).toMatch(/^\d{20}$/)
  expect(popover.getByText(/^66 bits/)).toBeTruthy()
  expect(field()?.value).toBe('')
  const wanted = made()
  await user.click(popover.getByRole('button', { name: 'Use it' }))
  expect(field()?.value).toBe(wanted)
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  // Nothing of it went anywhere.
  expect(bridge.calls).toEqual([])
})

test('a passphrase is made of words, and Cancel leaves the field as it was', async () => {
  const user = show(<Form />, core(), '/keys')
  await user.click(screen.getByRole('button', { name: 'Generate' }))
  const popover = within(await screen.findByRole('dialog', { name: 'Generate' }))
  await user.click(popover.getByRole('radio', { name: 'Passphrase' }))
  const made = () => popover.getByRole('status', { name: 'Generated' }).textContent ?? ''
  await waitFor(() => expect(made()).toMatch(/^[a-z]+(-[a-z]+){5}$/))
  await user.click(popover.getByRole('checkbox', { name: 'Capitals' }))
  await user.click(popover.getByRole('checkbox', { name: 'A digit' }))
  await waitFor(() => expect(made()).toMatch(/^(?=\D*\d\D*$)[A-Z][a-z]+\d?(-[A-Z][a-z]+\d?){5}$/))
  expect(popover.getByText(/^83 bits/)).toBeTruthy()
  await user.click(popover.getByRole('button', { name: 'Cancel' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(field()?.value).toBe('')
})
