import { useState } from 'react'
import { type ApiKey, defaultOverlapMs } from '../../../../shared/models/api-key.ts'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { Select } from '../../components/ui/select.tsx'
import { exactTime } from '../../lib/format.ts'
import { useAction } from '../../lib/queries.ts'
import { NewKeyDialog } from './new-key-dialog.tsx'

const hourMs = 3_600_000

const overlaps = [
  { value: '0', label: 'At once' },
  { value: String(hourMs / 4), label: 'In 15 minutes' },
  { value: String(defaultOverlapMs), label: 'In an hour' },
  { value: String(24 * hourMs), label: 'In a day' },
  { value: String(7 * 24 * hourMs), label: 'In 7 days' },
] as const

/** Gives a client a new key, shown once, and says how long the one it has goes on. */
export function RotateDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const [overlap, setOverlap] = useState<string>(String(defaultOverlapMs))
  const rotate = useAction('keys.rotate')
  if (rotate.data !== undefined) {
    const { key, secret } = rotate.data
    const old =
      key.previous === null
        ? 'The old key has stopped.'
        : `The old key works until ${exactTime(key.previous.untilMs)}: put this one in its place before.`
    return <NewKeyDialog title={`The new key of “${key.name}”`} more={old} secret={secret} onDone={onClose} />
  }
  return (
    <FormDialog
      onClose={onClose}
      title={`A new key for “${apiKey.name}”`}
      meaning="It stays the same client: its grants, its work and what it may ask do not change."
      onSubmit={() => rotate.mutate({ id: apiKey.id, overlapMs: Number(overlap) })}
      action="Make new key"
      busy={rotate.isPending}
      error={rotate.error}
    >
      <div className="flex items-center justify-between gap-4">
        <span className="text-13 font-medium">The old key stops</span>
        <Select label="The old key stops" value={overlap} onChange={setOverlap} choices={overlaps} className="w-44" />
      </div>
      <p className="text-13 text-ink-muted text-pretty">
        Until then both work, so that you can change the program’s settings without haste. If somebody else may have the
        old key, let it stop at once.
      </p>
      {apiKey.previous !== null && (
        <p className="text-13 text-ink-muted">The key before ({apiKey.previous.prefix}…) stops now in any case.</p>
      )}
    </FormDialog>
  )
}
