import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import {
  type CharacterClass,
  characterClasses,
  type PasswordRecipe,
  passwordLengths,
  type PhraseRecipe,
  phraseWords,
} from '../../../../shared/generate.ts'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Select } from '../../components/ui/select.tsx'
import { Slider } from '../../components/ui/slider.tsx'
import type { GeneratedKind } from './use-generator.tsx'

type ChoiceProps<T> = { readonly recipe: T; readonly onChange: (recipe: T) => void }

const kinds = { password: 'Password', phrase: 'Passphrase' } as const

/** Characters, or words. */
export function KindSwitch(props: { readonly value: GeneratedKind; readonly onChange: (kind: GeneratedKind) => void }) {
  return (
    <RadioGroup
      aria-label="Kind"
      value={props.value}
      onValueChange={(next) => props.onChange(next as GeneratedKind)}
      className="grid grid-cols-2 gap-1 rounded-lg bg-sunken p-1"
    >
      {Object.entries(kinds).map(([kind, word]) => (
        <Radio.Root
          key={kind}
          value={kind}
          aria-label={word}
          className="cursor-default rounded-md py-1 text-center text-13 text-ink-muted hover:text-ink data-checked:bg-surface data-checked:font-medium data-checked:text-ink data-checked:shadow-raised"
        >
          {word}
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}

const classWords: Readonly<Record<CharacterClass, string>> = {
  lower: 'a–z',
  upper: 'A–Z',
  digits: '0–9',
  symbols: '!#$%',
}

/** Length, kinds of characters, look-alikes. */
export function PasswordChoices({ recipe, onChange }: ChoiceProps<PasswordRecipe>) {
  const { length, classes, withoutLookAlikes } = recipe
  const toggle = (name: CharacterClass, isOn: boolean) => {
    const next = characterClasses.filter((one) => (one === name ? isOn : classes.includes(one)))
    // The last one stays: a password is made of something.
    if (next.length > 0) onChange({ ...recipe, classes: next })
  }
  return (
    <>
      <Slider
        label="Length"
        value={length}
        min={passwordLengths.min}
        max={passwordLengths.max}
        onChange={(next) => onChange({ ...recipe, length: next })}
      />
      <div className="grid grid-cols-4">
        {characterClasses.map((name) => (
          <Checkbox
            key={name}
            label={classWords[name]}
            checked={classes.includes(name)}
            onChange={(isOn) => toggle(name, isOn)}
          />
        ))}
      </div>
      <Checkbox
        label="Without look-alikes"
        meaning="No I, l, 1, O, o and 0: for what is typed by hand"
        checked={withoutLookAlikes}
        onChange={(next) => onChange({ ...recipe, withoutLookAlikes: next })}
      />
    </>
  )
}

const separators = [
  { value: '-', label: 'Hyphens' },
  { value: ' ', label: 'Spaces' },
  { value: '.', label: 'Dots' },
  { value: '_', label: 'Underscores' },
  { value: '', label: 'Nothing' },
]

/** Number of words, what stands between them, capitals and a digit. */
export function PhraseChoices({ recipe, onChange }: ChoiceProps<PhraseRecipe>) {
  return (
    <>
      <Slider
        label="Words"
        value={recipe.words}
        min={phraseWords.min}
        max={phraseWords.max}
        onChange={(words) => onChange({ ...recipe, words })}
      />
      <div className="flex items-center justify-between text-13">
        <span className="font-medium">Between them</span>
        <Select
          label="Between the words"
          value={recipe.separator}
          onChange={(separator) => onChange({ ...recipe, separator })}
          choices={separators}
          className="w-36"
        />
      </div>
      <div className="grid grid-cols-2">
        <Checkbox
          label="Capitals"
          checked={recipe.capitals}
          onChange={(capitals) => onChange({ ...recipe, capitals })}
        />
        <Checkbox label="A digit" checked={recipe.digit} onChange={(digit) => onChange({ ...recipe, digit })} />
      </div>
    </>
  )
}
