import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { type ItemKind, usableKinds } from '../../../../shared/models/item.ts'
import { kindLooks } from './item-kind.ts'

type KindChoiceProps = { readonly value: ItemKind; readonly onChange: (kind: ItemKind) => void }

/** Which kind of item, of those a request can use; it never changes later. */
export function KindChoice({ value, onChange }: KindChoiceProps) {
  return (
    <RadioGroup
      aria-label="Kind"
      value={value}
      onValueChange={(next) => onChange(next as ItemKind)}
      className="grid grid-cols-2 gap-2"
    >
      {usableKinds.map((kind) => {
        const { icon: Icon, word, meaning } = kindLooks[kind]
        return (
          <Radio.Root
            key={kind}
            value={kind}
            aria-label={`${word}: ${meaning}`}
            className="flex cursor-default items-start gap-2.5 rounded-lg border border-line px-3 py-2.5 text-left hover:bg-hover data-checked:border-accent data-checked:bg-accent-soft"
          >
            <Icon size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 shrink-0 text-accent-text" />
            <span>
              <span className="block text-13 font-medium">{word}</span>
              <span className="block text-12 text-ink-muted">{meaning}</span>
            </span>
          </Radio.Root>
        )
      })}
    </RadioGroup>
  )
}
