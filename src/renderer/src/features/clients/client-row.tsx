import type { ApiKey } from '../../../../shared/models/api-key.ts'
import type { SignIn } from '../../../../shared/models/sign-in.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Time } from '../../components/ui/time.tsx'
import { ListRow } from '../../layout/searched-list.tsx'
import { keyLooks, keySourceShort } from './key-state.ts'
import { scopeWords } from './scope-words.ts'

const nameMaxChars = 80

/** Tells a program that signed in from one that holds a key. */
export function isSignIn(entry: ApiKey | SignIn): entry is SignIn {
  return 'clientId' in entry
}

/** A client in the list: a key, or a program that signed in, whose name is its own word. */
export function ClientRow({ entry }: { readonly entry: ApiKey | SignIn }) {
  const { word, icon, tone } = keyLooks[entry.state]
  return (
    <ListRow
      muted={entry.state !== 'active'}
      title={isSignIn(entry) ? <HostileText text={entry.name} maxChars={nameMaxChars} /> : entry.name}
      below={isSignIn(entry) ? <SignedIn signIn={entry} /> : <KeyFacts apiKey={entry} />}
    >
      <span className="hidden w-64 shrink-0 truncate text-12 text-ink-muted @3xl:block">
        {entry.scopes.map((scope) => scopeWords[scope].short).join(', ')}
      </span>
      <span className="hidden w-28 shrink-0 text-right text-12 text-ink-muted @xl:block">
        {entry.lastUsedAtMs === null ? 'never used' : <Time atMs={entry.lastUsedAtMs} />}
      </span>
      <span className="flex w-22 shrink-0 justify-end">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      </span>
    </ListRow>
  )
}

function SignedIn({ signIn }: { readonly signIn: SignIn }) {
  return (
    <>
      signed in · <HostileText text={signIn.redirectHost} maxChars={nameMaxChars} className="font-mono" />
    </>
  )
}

function KeyFacts({ apiKey }: { readonly apiKey: ApiKey }) {
  return (
    <>
      <span className="font-mono">{apiKey.prefix}…</span>
      {apiKey.source !== null && ` · ${keySourceShort[apiKey.source]}`}
      {apiKey.previous !== null && ' · old key still works'}
    </>
  )
}
