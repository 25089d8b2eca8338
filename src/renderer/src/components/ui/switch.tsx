import { Switch as Base } from '@base-ui/react/switch'

type SwitchProps = { readonly label: string; readonly checked: boolean; readonly onChange: (checked: boolean) => void }

/** On or off, at once. */
export function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    <Base.Root
      aria-label={label}
      checked={checked}
      onCheckedChange={onChange}
      className="flex h-5 w-9 shrink-0 items-center rounded-full border border-line-strong bg-sunken px-0.5 transition-colors data-checked:border-accent data-checked:bg-accent"
    >
      <Base.Thumb className="size-3.5 rounded-full bg-ink-muted transition-transform data-checked:translate-x-4 data-checked:bg-accent-ink" />
    </Base.Root>
  )
}
