import type { SignIn } from '../../../../shared/models/sign-in.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Time } from '../../components/ui/time.tsx'
import { cn } from '../../lib/class-names.ts'
import { keyLooks } from './key-state.ts'
import { scopeWords } from './scope-words.ts'

const nameMaxChars = 80

/** A program that signed in, in the list of clients; its name is its own word. */
export function SignInRow({ signIn }: { readonly signIn: SignIn }) {
  const { word, icon, tone } = keyLooks[signIn.state]
  return (
    <div className={cn('flex w-full items-center gap-4 px-6', signIn.state !== 'active' && 'text-ink-muted')}>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-medium">
          <HostileText text={signIn.name} maxChars={nameMaxChars} />
        </span>
        <span className="block truncate text-12 text-ink-muted">
          signed in · <HostileText text={signIn.redirectHost} maxChars={nameMaxChars} className="font-mono" />
        </span>
      </span>
      <span className="hidden w-64 shrink-0 truncate text-12 text-ink-muted @3xl:block">
        {signIn.scopes.map((scope) => scopeWords[scope].short).join(', ')}
      </span>
      <span className="hidden w-28 shrink-0 text-right text-12 text-ink-muted @xl:block">
        {signIn.lastUsedAtMs === null ? 'never used' : <Time atMs={signIn.lastUsedAtMs} />}
      </span>
      <span className="flex w-22 shrink-0 justify-end">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      </span>
    </div>
  )
}
