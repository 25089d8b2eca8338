import { screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { ExportDialog } from '../../../src/renderer/src/features/transfer/export-dialog.tsx'
import { ImportDialog } from '../../../src/renderer/src/features/transfer/import-dialog.tsx'
import type { ImportPreview, ImportRow } from '../../../src/shared/models/import.ts'
import { Refusal, type TestBridge } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'

const lastInput = (bridge: TestBridge, route: string): unknown =>
  bridge.calls.findLast((call) => call.route === route)?.input
const button = (name: string | RegExp) => screen.getByRole('button', { name })

beforeEach(giveRoom)

function row(more: Partial<ImportRow> = {}): ImportRow {
  return {
    at: 1,
    name: 'Forum',
    kind: 'login',
    hosts: ['forum.example'],
    userName: 'ada',
    files: 0,
    outcome: 'add',
    remarks: [],
    ...more,
  }
}

function preview(rows: ReadonlyArray<ImportRow>, more: Partial<ImportPreview> = {}): ImportPreview {
  const count = (outcome: ImportRow['outcome']): number => rows.filter((each) => each.outcome === outcome).length
  return {
    format: 'keepass-kdbx',
    rows: [...rows],
    counts: { add: count('add'), replace: count('replace'), skip: count('skip'), leftOut: count('left-out'), files: 0 },
    columns: null,
    keepFile: null,
    ...more,
  }
}

const encrypted = new Refusal({ code: 'unauthorized', message: 'This file is encrypted.', hint: 'Give the password.' })
const idle = { step: 'idle' as const, done: 0, total: 0 }

test('an encrypted file is opened with its password, looked into, imported whole, and shredded only when asked', async () => {
  const rows = [row(), row({ at: 2, name: 'Old', outcome: 'skip', remarks: ['It is in the vault already.'] })]
  const bridge = core({
    'import.chooseFile': () => ({ fileName: 'all.kdbx' }),
    'import.chooseKeyFile': () => ({ fileName: 'all.keyx' }),
    'import.progress': () => idle,
    'import.preview': (input) => {
      if ((input as { filePassword: string | null }).filePassword !== 'geheim') throw encrypted
      return preview(rows)
    },
    'import.take': () => preview(rows),
    'import.shredFile': () => null,
    'import.cancel': () => null,
  })
  let closed = 0
  const user = show(<ImportDialog onClose={() => (closed += 1)} />, bridge)
  await user.click(button('Choose a file…'))
  const password = await screen.findByLabelText('Password of the file')
  await user.click(button('Add a key file…'))
  expect(await screen.findByText('all.keyx')).toBeTruthy()
  await user.type(password, 'geheim{Enter}')
  await user.click(await screen.findByRole('option', { name: /Old.*skipped/ }))
  expect(screen.getByRole('status').textContent).toContain('It is in the vault already.')
  await user.click(button('Import 1 item'))
  expect(inputOf(bridge, 'import.take')).toEqual({
    format: null,
    filePassword: 'geheim',
    map: null,
    onDuplicate: 'skip',
  })
  expect(await screen.findByRole('heading', { name: '1 item imported' })).toBeTruthy()
  expect(bridge.calls.some(({ route }) => route === 'import.shredFile')).toBe(false)
  await user.click(button('Shred the file'))
  await waitFor(() => expect(closed).toBe(1))
  // What was read is forgotten.
  expect(bridge.calls.at(-1)?.route).toBe('import.cancel')
})

test('a file of which something is not in the vault is kept: shredding is not offered, and the reason is said', async () => {
  const keepFile = 'Not all of the file is in the vault: 1 entry left out.'
  const rows = [row(), row({ at: 2, outcome: 'left-out', kind: null, remarks: ['It is in the recycle bin.'] })]
  const bridge = core({
    'import.chooseFile': () => ({ fileName: 'all.csv' }),
    'import.progress': () => idle,
    'import.preview': () => preview(rows, { keepFile }),
    'import.take': () => preview(rows, { keepFile }),
    'import.cancel': () => null,
  })
  const user = show(<ImportDialog onClose={() => undefined} />, bridge)
  await user.click(button('Choose a file…'))
  await user.click(await screen.findByRole('button', { name: 'Import 1 item' }))
  expect(await screen.findByText(keepFile)).toBeTruthy()
  expect(screen.getByText(/“all.csv” is kept/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Shred the file' })).toBeNull()
  expect(button('Keep the file')).toBeTruthy()
})

test('the columns of an unknown CSV are named by the person, and what is there already is dealt with as chosen', async () => {
  const columns = [
    { column: 'Dienst', role: 'field' as const },
    { column: 'Kennwort', role: 'field' as const },
  ]
  const bridge = core({
    'import.chooseFile': () => ({ fileName: 'own.csv' }),
    'import.progress': () => idle,
    'import.preview': (input) => {
      const { map } = input as { map: typeof columns | null }
      return preview(map === null ? [] : [row()], { format: 'csv', columns: map ?? columns })
    },
    'import.cancel': () => null,
  })
  const user = show(<ImportDialog onClose={() => undefined} />, bridge)
  await user.click(button('Choose a file…'))
  expect(await screen.findByText(/say below which column is what/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^Import \d/ })).toBeNull()
  await user.click(screen.getByRole('combobox', { name: 'What “Dienst” is' }))
  await user.click(await screen.findByRole('option', { name: 'Name' }))
  await screen.findByRole('option', { name: /Forum/ })
  expect(lastInput(bridge, 'import.preview')).toMatchObject({
    map: [
      { column: 'Dienst', role: 'name' },
      { column: 'Kennwort', role: 'field' },
    ],
  })
  await user.click(screen.getByRole('combobox', { name: 'What you have already' }))
  await user.click(await screen.findByRole('option', { name: /^Replace/ }))
  await waitFor(() => expect(lastInput(bridge, 'import.preview')).toMatchObject({ onDuplicate: 'replace' }))
})

test('closing in the middle ends what is under way', async () => {
  const bridge = core({
    'import.chooseFile': () => ({ fileName: 'slow.kdbx' }),
    'import.progress': () => ({ step: 'files', done: 1, total: 4 }),
    'import.preview': () => new Promise<ImportPreview>(() => undefined),
    'import.cancel': () => null,
  })
  const user = show(<ImportDialog onClose={() => undefined} />, bridge)
  await user.click(button('Choose a file…'))
  expect(await screen.findByText('Reading “slow.kdbx”: 1 of 4 files')).toBeTruthy()
  await user.click(button('Cancel'))
  await waitFor(() => expect(bridge.calls.some(({ route }) => route === 'import.cancel')).toBe(true))
})

test('Cancel in an export that is under way cancels it, and the dialog goes when it has ended', async () => {
  const { promise: ended, reject: end } = Promise.withResolvers<never>()
  const bridge = core({
    'export.write': () => ended,
    'export.cancel': () => {
      end(new Refusal({ code: 'cancelled', message: 'It was cancelled.' }))
      return null
    },
  })
  let closed = 0
  const user = show(<ExportDialog onClose={() => (closed += 1)} />, bridge)
  await user.type(screen.getByLabelText('Password of the file'), 'a password')
  await user.type(screen.getByLabelText('The same again'), 'a password')
  await user.type(screen.getByLabelText('Vault password'), 'vault password{Enter}')
  await screen.findByRole('button', { name: 'Exporting…' })
  await user.click(button('Cancel'))
  await waitFor(() => expect(closed).toBe(1))
  expect(bridge.calls.filter(({ route }) => route === 'export.cancel')).toHaveLength(1)
})

test('an export asks for the password of the file twice and for that of the vault, and warns before the clear', async () => {
  const bridge = core({
    'export.write': () => ({ fileName: 'x.clawkeep', items: 3, files: 1, filesLeftOut: 0, bytes: 2048 }),
  })
  let closed = false
  const user = show(<ExportDialog onClose={() => (closed = true)} />, bridge)
  await user.type(screen.getByLabelText('Vault password'), 'vault password')
  await user.type(screen.getByLabelText('Password of the file'), 'a password')
  await user.type(screen.getByLabelText('The same again'), 'another one')
  await user.click(button('Choose where…'))
  expect(await screen.findByText('The two differ.')).toBeTruthy()
  expect(bridge.calls.some(({ route }) => route === 'export.write')).toBe(false)

  await user.click(screen.getByRole('combobox', { name: 'Form' }))
  await user.click(await screen.findByRole('option', { name: /^JSON/ }))
  expect(screen.getByRole('alert').textContent).toContain('can read every secret')
  await user.click(button('Choose where…'))
  await waitFor(() => expect(closed).toBe(true))
  expect(inputOf(bridge, 'export.write')).toEqual({
    password: 'vault password',
    choices: { format: 'json', filePassword: null, recipients: [] },
  })
})
