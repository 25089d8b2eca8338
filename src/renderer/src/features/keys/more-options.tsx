import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { DateField } from '../../components/ui/date-field.tsx'
import { cn } from '../../lib/class-names.ts'
import type { ItemDraft } from './item-draft.ts'
import { OwnFieldsField } from './own-fields-field.tsx'
import { TagsField } from './tags-field.tsx'

type MoreOptionsProps = {
  readonly draft: ItemDraft
  readonly set: (part: Partial<ItemDraft>) => void
  readonly itemId: string | null
  readonly problems: Readonly<Record<string, string>>
}

const offers = [
  { words: 'in 30 days', days: 30 },
  { words: 'in 90 days', days: 90 },
  { words: 'in a year', days: 365 },
]

/** What most items do without: own fields, tags, dates, the favourite. Open when there is something in it, or something wrong. */
export function MoreOptions({ draft, set, itemId, problems }: MoreOptionsProps) {
  const { tags, expires, rotateBy, favourite, fields } = draft
  const [wanted, setWanted] = useState(
    tags.length > 0 || fields.length > 0 || favourite || expires !== '' || rotateBy !== '',
  )
  const wrong = Object.keys(problems).some((path) => /^(tags|fields|expiresAtMs|rotateByMs)/.test(path))
  const open = wanted || wrong
  const id = useId()
  return (
    <div className="border-t border-line pt-3">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setWanted(!open)}
        className="-ml-1 flex items-center gap-1.5 rounded-md px-1 py-0.5 text-13 font-medium text-ink-muted hover:text-ink"
      >
        <ChevronRight size={14} aria-hidden className={cn('transition-transform', open && 'rotate-90')} />
        Own fields, tags, dates
      </button>
      <div id={id} hidden={!open} className="mt-3 space-y-4">
        <OwnFieldsField
          itemId={itemId}
          fields={fields}
          onChange={(changed) => set({ fields: changed })}
          problems={problems}
        />
        <TagsField
          tags={tags}
          onChange={(changed) => set({ tags: changed })}
          text={draft.tagText}
          onText={(tagText) => set({ tagText })}
          problem={problems['tags']}
        />
        <div className="grid grid-cols-2 gap-4">
          <DateField
            label="Expires"
            value={expires}
            onChange={(day) => set({ expires: day })}
            offers={offers}
            problem={problems['expiresAtMs']}
          />
          <DateField
            label="Rotate by"
            value={rotateBy}
            onChange={(day) => set({ rotateBy: day })}
            offers={offers}
            problem={problems['rotateByMs']}
          />
        </div>
        <Checkbox
          checked={favourite}
          onChange={(checked) => set({ favourite: checked })}
          label="Favourite"
          meaning="Stands at the top of the list."
        />
      </div>
    </div>
  )
}
