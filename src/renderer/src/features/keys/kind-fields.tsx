import { type ItemOverview, usableKinds } from '../../../../shared/models/item.ts'
import { TextField } from '../../components/ui/field.tsx'
import { HostsField } from './hosts-field.tsx'
import { type ItemDraft, takesSeed } from './item-draft.ts'
import { kindLooks } from './item-kind.ts'
import { SecretField } from './secret-field.tsx'
import { SeedField } from './seed-field.tsx'

type KindFieldsProps = {
  readonly draft: ItemDraft
  readonly set: (part: Partial<ItemDraft>) => void
  /** The item that is edited; null: a new one. */
  readonly item: ItemOverview | null
  readonly problems: Readonly<Record<string, string>>
}

/** What an item of this kind has of its own: its secret, whose it is, where it may go. A login is entered name first. */
export function KindFields({ draft, set, item, problems }: KindFieldsProps) {
  const { kind } = draft
  const look = kindLooks[kind]
  const userName = (kind !== 'note' || draft.userName !== '') && (
    <TextField
      label={look.userNameName}
      optional
      value={draft.userName}
      onChange={(text) => set({ userName: text })}
      maxLength={500}
      problem={problems['userName']}
    />
  )
  const secret = <SecretField draft={draft} set={set} isNew={item === null} problem={problems['secret']} />
  return (
    <>
      {kind === 'login' && userName}
      {secret}
      {takesSeed(kind) && <SeedField draft={draft} set={set} item={item} problem={problems['totp']} />}
      {kind !== 'login' && userName}
      {usableKinds.includes(kind) && (
        <HostsField
          hosts={draft.hosts}
          onChange={(hosts) => set({ hosts })}
          text={draft.hostText}
          onText={(hostText) => set({ hostText })}
          problem={problems['hosts']}
        />
      )}
    </>
  )
}
