import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { type ItemKind, itemKinds } from '../../../../shared/models/item.ts'
import { kindLooks } from './item-kind.ts'

type KindChoiceProps = { readonly value: ItemKind; readonly onChange: (kind: ItemKind) => void }

/** Which kind of item, and below what that is; it never changes later. */
export function KindChoice({ value, onChange }: KindChoiceProps) {
  return (
    <div>
      <RadioGroup
        aria-label="Kind"
        value={value}
        onValueChange={(next) => onChange(next as ItemKind)}
        className="grid grid-cols-5 gap-1.5"
      >
        {itemKinds.map((kind) => {
          const { icon: Icon, word, meaning } = kindLooks[kind]
          return (
            <Radio.Root
              key={kind}
              value={kind}
              aria-label={`${word}: ${meaning}`}
              className="flex cursor-default flex-col items-center gap-1 rounded-lg border border-line px-1 pt-2.5 pb-2 text-center text-12 font-medium text-ink-muted hover:bg-hover hover:text-ink data-checked:border-accent data-checked:bg-accent-soft data-checked:text-ink"
            >
              <Icon size={18} strokeWidth={1.75} aria-hidden className="shrink-0 text-accent-text" />
              <span className="flex flex-1 items-center">{word}</span>
            </Radio.Root>
          )
        })}
      </RadioGroup>
      <p className="mt-1.5 text-12 text-ink-muted">{kindLooks[value].meaning}</p>
    </div>
  )
}
