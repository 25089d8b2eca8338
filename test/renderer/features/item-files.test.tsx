import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { ItemFiles } from '../../../src/renderer/src/features/keys/item-files.tsx'
import { HistoryDialog } from '../../../src/renderer/src/features/keys/history-dialog.tsx'
import type { AttachedFile, FileJob, ItemVersion } from '../../../src/shared/models/item.ts'
import { Refusal, type Answers } from '../support/bridge.ts'
import { core, inputOf } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { anItem, aView } from '../support/samples.ts'

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const deed: AttachedFile = { id: 'fil_deed', name: 'deed.pdf', bytes: 2_400_000, addedAtMs: Date.now() - 60_000 }

beforeEach(giveRoom)

function showFiles(more: Answers) {
  const bridge = core(more)
  const user = show(
    <dl>
      <ItemFiles item={anItem()} />
    </dl>,
    bridge,
  )
  return { bridge, user }
}

test('a file is attached, saved elsewhere, and removed only after a question that says it is for good', async () => {
  let files: AttachedFile[] = []
  const { bridge, user } = showFiles({
    'items.get': () => aView({ fileList: files }),
    'files.choose': () => {
      files = [deed]
      return deed
    },
    'files.saveAs': () => ({ saved: true }),
    'files.remove': () => {
      files = []
      return null
    },
  })
  await user.click(button('Attach a file…'))
  const line = within(await screen.findByRole('listitem'))
  expect(line.getByText(/2\.3 MiB/)).toBeTruthy()
  await screen.findByText('File attached')
  await user.click(button('Save deed.pdf as…'))
  await screen.findByText('File saved')
  await user.click(button('Remove deed.pdf…'))
  const dialog = within(await screen.findByRole('alertdialog'))
  expect(dialog.getByText(/erased for good/)).toBeTruthy()
  expect(inputOf(bridge, 'files.remove')).toBeUndefined()
  await user.click(dialog.getByRole('button', { name: 'Remove file' }))
  await waitFor(() => expect(screen.queryByRole('list', { name: 'Attached files' })).toBeNull())
  expect(inputOf(bridge, 'files.remove')).toEqual({ id: 'fil_deed' })
})

test('who chooses no file, or no place, is told nothing', async () => {
  const { user } = showFiles({
    'items.get': () => aView({ fileList: [deed] }),
    'files.choose': () => null,
    'files.saveAs': () => ({ saved: false }),
  })
  await user.click(await screen.findByRole('button', { name: 'Save deed.pdf as…' }))
  await user.click(button('Attach a file…'))
  expect(screen.queryByText(/^File (attached|saved)$/)).toBeNull()
  expect(screen.queryByRole('alert')).toBeNull()
})

test('a file that cannot be attached says why and what to do, beside the files', async () => {
  const { user } = showFiles({
    'files.choose': () => {
      throw new Refusal({ code: 'too_large', message: 'The file is larger than 100 MB.', hint: 'Keep it elsewhere.' })
    },
  })
  await user.click(button('Attach a file…'))
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toBe('The file is larger than 100 MB.Keep it elsewhere.')
})

test('a long one shows how far it is and can be cancelled, and that is no failure', async () => {
  const job: FileJob = {
    id: 'fjb_1',
    itemId: 'itm_github',
    kind: 'attach',
    name: 'film.mov',
    doneBytes: 25,
    totalBytes: 100,
  }
  let end: (error: Refusal) => void = () => undefined
  const { bridge, user } = showFiles({
    'files.work': () => [job, { ...job, id: 'fjb_2', itemId: 'itm_other', name: 'other.mov' }],
    'files.choose': () => new Promise((_done, fail) => (end = fail)),
    'files.cancel': () => null,
  })
  await user.click(button('Attach a file…'))
  const bar = await screen.findByRole('progressbar', { name: 'Sealing “film.mov”' })
  expect(bar.getAttribute('aria-valuenow')).toBe('25')
  expect(screen.queryByText(/other\.mov/)).toBeNull()
  await user.click(button('Cancel'))
  await waitFor(() => expect(inputOf(bridge, 'files.cancel')).toEqual({ id: 'fjb_1' }))
  end(new Refusal({ code: 'cancelled', message: 'Cancelled. Nothing was changed.' }))
  await waitFor(() => expect(button('Attach a file…').getAttribute('aria-disabled')).toBeNull())
  expect(screen.queryByRole('alert')).toBeNull()
})

const versions: ItemVersion[] = [
  {
    revision: 3,
    savedAtMs: Date.now() - 3_600_000,
    changed: ['secret', 'fields'],
    changedFields: ['PIN', 'Colour'],
    hosts: ['api.github.com'],
    userName: 'ada',
    sealed: [
      { field: 'secret', name: null },
      { field: 'field:fld_pin', name: 'PIN' },
    ],
  },
]

test('a version says what was changed after it, opens one part at a time, and comes back after a question', async () => {
  const bridge = core({
    'items.history': () => versions,
    'items.reveal': () => 'an-old-pin',
    'items.restoreVersion': () => anItem(),
  })
  let closed = 0
  const user = show(<HistoryDialog item={anItem()} onClose={() => (closed += 1)} />, bridge)
  const version = within(await screen.findByRole('listitem'))
  expect(version.getByText('Then changed: Key, PIN, Colour')).toBeTruthy()
  expect(version.getByText('Account ada, api.github.com')).toBeTruthy()
  await user.click(version.getByRole('button', { name: 'Reveal pin' }))
  expect(await version.findByText('an-old-pin')).toBeTruthy()
  expect(inputOf(bridge, 'items.reveal')).toEqual({ id: 'itm_github', revision: 3, field: 'field:fld_pin' })
  await user.click(version.getByRole('button', { name: 'Hide pin' }))
  expect(version.queryByText('an-old-pin')).toBeNull()
  await user.click(version.getByRole('button', { name: 'Restore…' }))
  expect(inputOf(bridge, 'items.restoreVersion')).toBeUndefined()
  await user.click(await screen.findByRole('button', { name: 'Restore version' }))
  await screen.findByText('Earlier version restored')
  expect(inputOf(bridge, 'items.restoreVersion')).toEqual({ id: 'itm_github', revision: 3 })
  expect(closed).toBe(1)
})

test('versions that do not open say so, and can be asked for again', async () => {
  let broken = true
  const bridge = core({
    'items.history': () => {
      if (broken) throw new Refusal({ code: 'damaged', message: 'This item was changed outside.', hint: 'Restore.' })
      return versions
    },
  })
  const user = show(<HistoryDialog item={anItem()} onClose={() => undefined} />, bridge)
  await screen.findByText('This item was changed outside.')
  broken = false
  await user.click(button('Try again'))
  expect(await screen.findByText(/Then changed/)).toBeTruthy()
})
