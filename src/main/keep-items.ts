import type { Asker } from '../shared/models/asker.ts'
import type { AuditLog } from './audit/audit-log.ts'
import type { ChangeEvents } from './change-events.ts'
import { reportBug } from './report-bug.ts'
import type { Trash } from './vault/trash.ts'
import type { Vault } from './vault/vault.ts'

const everyMs = 60 * 60_000
/** As many as one audit entry names. */
const batchSize = 50

type Parts = {
  readonly vault: Pick<Vault, 'items' | 'onUnlock' | 'onLock'>
  readonly audit: Pick<AuditLog, 'around'>
  readonly events: ChangeEvents
}

/**
 * At each unlock and every hour after it: erases what was in the trash for its time, deletes what is left of removed files, and lets
 * the views look again at which items are due. How many are is a part of the status, so a change of that is told as one.
 */
export function keepItems({ vault, audit, events }: Parts): void {
  const { trash, files } = vault.items
  let timer: NodeJS.Timeout | null = null
  let due = 0
  const look = (): void => {
    if (timer === null) return
    try {
      files.sweep()
      eraseAudited({ trash, audit }, trash.overdue(), { kind: 'system', id: 'core' }).catch((error: unknown) =>
        reportBug('the trash', error),
      )
    } catch (error) {
      reportBug('the care of the items', error)
    }
    events.emit('status')
    events.emit('items')
  }
  events.on((topic) => {
    if (topic !== 'items' || timer === null) return
    const before = due
    due = vault.items.countDue()
    if (due !== before) events.emit('status')
  })
  vault.onUnlock(() => {
    timer ??= setInterval(look, everyMs).unref()
    // When the unlock itself is done, so that it is logged first.
    setImmediate(look)
  })
  vault.onLock(() => {
    if (timer !== null) clearInterval(timer)
    timer = null
    due = 0
  })
}

/** Erases items for good, each of them named in the log. */
export async function eraseAudited(
  { trash, audit }: { readonly trash: Pick<Trash, 'erase'>; readonly audit: Pick<AuditLog, 'around'> },
  ids: ReadonlyArray<string>,
  asker: Asker,
): Promise<void> {
  for (let at = 0; at < ids.length; at += batchSize) {
    const itemIds = ids.slice(at, at + batchSize)
    await audit.around({ kind: 'item.erase', asker, itemIds }, async () => trash.erase(itemIds))
  }
}
