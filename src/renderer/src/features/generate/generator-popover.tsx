import { Popover } from '@base-ui/react/popover'
import { RefreshCw } from 'lucide-react'
import { type RefObject, useEffect, useState } from 'react'
import {
  characterClasses,
  type Generated,
  generatePassword,
  generatePhrase,
  loadWords,
  type PasswordRecipe,
  passwordLengths,
  type PhraseRecipe,
  phraseWords,
} from '../../../../shared/generate.ts'
import { Button, buttonClass } from '../../components/ui/button.tsx'
import { StrengthBar } from '../../components/ui/strength-bar.tsx'
import { useStrength } from '../../lib/use-strength.ts'
import { levelOf } from '../unlock/password-strength.ts'
import type { GeneratedKind } from './use-generator.tsx'
import { KindSwitch, PasswordChoices, PhraseChoices } from './generator-choices.tsx'

type GeneratorPopoverProps = {
  readonly anchor: RefObject<HTMLElement | null>
  readonly kind: GeneratedKind
  readonly onClose: () => void
  readonly onUse: (value: string) => void
}

const usualPassword: PasswordRecipe = {
  length: passwordLengths.usual,
  classes: characterClasses,
  withoutLookAlikes: false,
}
const usualPhrase: PhraseRecipe = { words: phraseWords.usual, separator: '-', capitals: false, digit: false }
const levelWords = { 1: 'weak', 2: 'good', 3: 'strong' } as const

/** Makes passwords and passphrases in the page itself, from the system's randomness; none is sent or kept before it is used. */
export function GeneratorPopover({ anchor, kind: firstKind, onClose, onUse }: GeneratorPopoverProps) {
  const [kind, setKind] = useState(firstKind)
  const [password, setPassword] = useState(usualPassword)
  const [phrase, setPhrase] = useState(usualPhrase)
  const [round, setRound] = useState(0)
  const [made, setMade] = useState<Generated | null>(null)
  const strength = useStrength(made?.value ?? '')

  useEffect(() => {
    if (kind === 'password') return setMade(generatePassword(password))
    let isOver = false
    void loadWords().then((words) => {
      if (!isOver) setMade(generatePhrase(words, phrase))
    })
    return () => {
      isOver = true
    }
  }, [kind, password, phrase, round])

  return (
    <Popover.Root open modal onOpenChange={(open) => !open && onClose()}>
      <Popover.Portal>
        {/* What lies behind is seen and not meant: a press there only closes this. */}
        <Popover.Backdrop className="fixed inset-0 z-10" />
        <Popover.Positioner
          anchor={anchor}
          side="bottom"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          className="z-10"
        >
          <Popover.Popup
            data-popup=""
            aria-label="Generate"
            className="max-h-[var(--available-height)] w-88 space-y-3.5 overflow-y-auto rounded-xl bg-raised p-4 shadow-raised outline-none"
          >
            <KindSwitch value={kind} onChange={setKind} />
            <div className="flex items-start gap-2 rounded-lg border border-line bg-sunken py-2 pr-1.5 pl-3">
              <output
                aria-label="Generated"
                className="selectable max-h-24 min-h-8 min-w-0 flex-1 overflow-y-auto py-1.5 font-mono text-13 wrap-anywhere"
              >
                {made?.value}
              </output>
              <button
                type="button"
                aria-label="Make another"
                title="Make another"
                onClick={() => setRound(round + 1)}
                className={buttonClass('ghost', 'icon')}
              >
                <RefreshCw size={15} aria-hidden />
              </button>
            </div>
            <StrengthBar level={strength === null ? 0 : levelOf(strength)}>
              {made !== null && `${Math.floor(made.bits)} bits`}
              {strength !== null && `, ${levelWords[levelOf(strength)]}`}
            </StrengthBar>
            {kind === 'password' ? (
              <PasswordChoices recipe={password} onChange={setPassword} />
            ) : (
              <PhraseChoices recipe={phrase} onChange={setPhrase} />
            )}
            <div className="flex justify-end gap-2 pt-1">
              {/* Without it the focus would not be kept in here. */}
              <Popover.Close render={<Button>Cancel</Button>} />
              <Button
                variant="primary"
                off={made === null}
                onClick={() => {
                  if (made !== null) onUse(made.value)
                  onClose()
                }}
              >
                Use it
              </Button>
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
