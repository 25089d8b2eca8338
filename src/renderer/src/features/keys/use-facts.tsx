import { type ItemOverview, usableKinds } from '../../../../shared/models/item.ts'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Fact } from '../../layout/list-detail.tsx'

/** How an item is used by those who never hold it: where its secret may go, and how they name it. */
export function UseFacts({ item }: { readonly item: ItemOverview }) {
  if (!usableKinds.includes(item.kind)) return null
  const placeholder = `{{secret:${item.name}}}`
  return (
    <>
      <Fact name="May be sent to">
        {item.hosts.length === 0 ? (
          <span className="text-ink-muted">No host yet: nothing can use this key until you add one.</span>
        ) : (
          <ul className="flex flex-wrap gap-1.5 pt-1">
            {item.hosts.map((host) => (
              <li
                key={host}
                className="max-w-full rounded-md border border-line bg-sunken px-2 py-0.5 font-mono text-12"
              >
                {host}
              </li>
            ))}
          </ul>
        )}
      </Fact>
      <Fact name="How assistants name it">
        <span className="flex items-center gap-2">
          <code className="min-w-0 flex-1 font-mono text-13">{placeholder}</code>
          <CopyButton label="Copy the placeholder" text={placeholder} />
        </span>
        <span className="text-12 text-ink-muted">
          They write this in a request. Clawkeep fills it in after you allow it.
        </span>
      </Fact>
    </>
  )
}
