import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'

type TileChoiceProps<T extends string> = {
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly choices: ReadonlyArray<{ readonly value: T; readonly title: string; readonly meaning: string }>
}

/** One of two ways, each with what it means. */
export function TileChoice<T extends string>({ label, value, onChange, choices }: TileChoiceProps<T>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as T)}
      className="grid grid-cols-2 gap-2"
    >
      {choices.map((choice) => (
        <Radio.Root
          key={choice.value}
          value={choice.value}
          aria-label={`${choice.title}: ${choice.meaning}`}
          className="cursor-default rounded-lg border border-line px-3 py-2.5 text-left hover:bg-hover data-checked:border-accent data-checked:bg-accent-soft"
        >
          <span className="block text-13 font-medium">{choice.title}</span>
          <span className="block text-12 text-ink-muted">{choice.meaning}</span>
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
