import { Eye, EyeOff, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { type ItemOverview, type ItemVersion, usableKinds, type VersionPart } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { ConfirmDialog } from '../../components/ui/confirm-dialog.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Time } from '../../components/ui/time.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { cn } from '../../lib/class-names.ts'
import { calendarDate, count, shortTime } from '../../lib/format.ts'
import { useAction, useItemHistory } from '../../lib/queries.ts'
import { useNow } from '../../lib/use-now.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { kindLooks } from './item-kind.ts'
import { useRevealed } from './use-revealed.ts'

type HistoryDialogProps = { readonly item: ItemOverview; readonly onClose: () => void }

/** The earlier versions of an item: when, what was changed after each, one field at a time in the clear, and back to one. */
export function HistoryDialog({ item, onClose }: HistoryDialogProps) {
  const history = useItemHistory(item.id)
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Earlier versions of “${visibleString(item.name, 60)}”`}
      meaning="The last ten are kept, sealed as they were. A change of the name, the tags or the dates alone makes none."
    >
      <DialogBody>
        <Loaded query={history} what="Opening the versions">
          {(versions) =>
            versions.length === 0 ? (
              <p className="py-6 text-center text-13 text-ink-muted">There are none.</p>
            ) : (
              <ol aria-label="Versions" className="divide-y divide-line/60 rounded-lg border border-line">
                {versions.map((version) => (
                  <Version key={version.revision} item={item} version={version} onRestored={onClose} />
                ))}
              </ol>
            )
          }
        </Loaded>
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  )
}

type VersionProps = { readonly item: ItemOverview; readonly version: ItemVersion; readonly onRestored: () => void }

function Version({ item, version, onRestored }: VersionProps) {
  const [isAsking, setAsking] = useState(false)
  const restore = useAction('items.restoreVersion')
  const nowMs = useNow()
  const { revision, savedAtMs, hosts, userName } = version
  const when = `${calendarDate(savedAtMs, nowMs)}, ${shortTime(savedAtMs)}`
  const look = kindLooks[item.kind]
  return (
    <li aria-label={`Version of ${when}`} className="px-4 py-3">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1 text-13">
          <p className="font-medium">
            {when} <Time atMs={savedAtMs} className="ml-1 text-12 font-normal text-ink-muted" />
          </p>
          <p className="text-ink-muted wrap-anywhere">Then changed: {changedWords(item, version)}</p>
          {(userName !== '' || hosts.length > 0) && (
            <p className="text-12 text-ink-muted wrap-anywhere">
              {[
                ...(userName === '' ? [] : [`${look.userNameName} ${visibleString(userName, 80)}`]),
                ...few(hosts),
              ].join(', ')}
            </p>
          )}
        </div>
        <Button size="sm" onClick={() => setAsking(true)}>
          <RotateCcw size={14} aria-hidden />
          Restore…
        </Button>
      </div>
      {version.sealed.map(({ field, name }) => (
        <OldPart
          key={field}
          part={{ id: item.id, field, revision }}
          name={name === null ? partWords(item, field as VersionPart) : visibleString(name, 60)}
        />
      ))}
      <ConfirmDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={`Go back to the version of ${when}?`}
        action="Restore version"
        grave={false}
        keep="Leave it as it is"
        busy={restore.isPending}
        error={restore.error}
        onConfirm={() =>
          restore.mutate(
            { id: item.id, revision },
            {
              onSuccess: () => {
                setAsking(false)
                onRestored()
                sayDone('Earlier version restored', `${visibleString(item.name, 60)}, as of ${when}`)
              },
            },
          )
        }
      >
        <p>What the item holds now becomes an earlier version itself. Its name, tags, dates and files stay.</p>
        {usableKinds.includes(item.kind) && <p>Requests that use it get the earlier secret from now on.</p>}
      </ConfirmDialog>
    </li>
  )
}

type OldPartProps = { readonly part: Parameters<typeof useRevealed>[0]; readonly name: string }

function OldPart({ part, name }: OldPartProps) {
  const { value, busy, show, cover } = useRevealed(part)
  return (
    <div className="mt-2 flex items-start gap-3 text-13">
      <span className="w-32 shrink-0 truncate pt-1 text-ink-muted" title={name}>
        {name}
      </span>
      <span
        className={cn(
          'selectable max-h-40 min-w-0 flex-1 overflow-y-auto pt-1 wrap-anywhere whitespace-pre-wrap',
          value === null ? 'tracking-widest text-ink-muted' : part.field === 'secret' && 'font-mono',
        )}
      >
        {value ?? <span aria-label="Covered">••••••••</span>}
      </span>
      <Button
        size="sm"
        variant="ghost"
        off={busy}
        aria-label={`${value === null ? 'Reveal' : 'Hide'} ${name.toLowerCase()}`}
        onClick={value === null ? show : cover}
      >
        {value === null ? <Eye size={14} aria-hidden /> : <EyeOff size={14} aria-hidden />}
        {value === null ? 'Reveal' : 'Hide'}
      </Button>
    </div>
  )
}

const hostsShown = 3

function few(hosts: ReadonlyArray<string>): ReadonlyArray<string> {
  const more = hosts.length - hostsShown
  return more > 0 ? [...hosts.slice(0, hostsShown), count(more, 'more host')] : hosts
}

function changedWords(item: ItemOverview, { changed, changedFields }: ItemVersion): string {
  const words = changed.flatMap((part) =>
    part === 'fields' ? changedFields.map((name) => visibleString(name, 60)) : [partWords(item, part)],
  )
  // The order of fields can change too.
  return words.length === 0 ? 'the order of the fields' : words.join(', ')
}

function partWords({ kind }: ItemOverview, part: VersionPart): string {
  const look = kindLooks[kind]
  switch (part) {
    case 'secret':
      return look.secretName ?? 'Secret'
    case 'notes':
      return look.notesName
    case 'totp':
      return 'Seed of the codes'
    case 'userName':
      return look.userNameName
    case 'hosts':
      return 'Hosts'
    case 'fields':
      return 'Fields'
  }
}
