import type { ItemOverview, ItemView } from '../../../../shared/models/item.ts'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Fact } from '../../layout/list-detail.tsx'
import { calendarDate } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { CodeFact } from './code-fact.tsx'
import { DateFacts } from './date-facts.tsx'
import { ItemFiles } from './item-files.tsx'
import { ItemHistory } from './item-history.tsx'
import { kindLooks } from './item-kind.ts'
import { OwnFieldFacts } from './own-field-facts.tsx'
import { SecretFact } from './secret-fact.tsx'
import { UseFacts } from './use-facts.tsx'

type ItemFactsProps = { readonly item: ItemOverview; readonly view: ItemView | undefined }

/** What is known of an item, what is used most at the top; everything sealed is covered. */
export function ItemFacts({ item, view }: ItemFactsProps) {
  const { secretName, userNameName, notesName } = kindLooks[item.kind]
  const nowMs = useNow()
  const userName = item.userName !== '' && (
    <Fact name={userNameName}>
      <span className="flex items-center gap-2">
        <span className="min-w-0 flex-1">{item.userName}</span>
        <CopyButton label={`Copy ${userNameName.toLowerCase()}`} text={item.userName} />
      </span>
    </Fact>
  )
  return (
    <dl>
      {item.kind === 'login' && userName}
      {item.publicKey !== null && <PublicKey publicKey={item.publicKey} fingerprint={item.fingerprint} />}
      {secretName !== null && view?.sealed.includes('secret') !== false && (
        <SecretFact item={item} field="secret" name={secretName} />
      )}
      {item.hasTotp && <CodeFact item={item} />}
      {item.kind !== 'login' && userName}
      <OwnFieldFacts item={item} fields={view?.fields ?? []} />
      <UseFacts item={item} />
      {view?.sealed.includes('notes') === true && <SecretFact item={item} field="notes" name={notesName} />}
      <DateFacts item={item} />
      {item.tags.length > 0 && (
        <Fact name="Tags">
          <ul className="flex flex-wrap gap-1.5 pt-1">
            {item.tags.map((tag) => (
              <li key={tag} className="max-w-full rounded-md bg-hover px-2 py-0.5 text-12">
                {tag}
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {item.hasTotp && (
        <SecretFact
          item={item}
          field="totp"
          name="Seed of the codes"
          warning="Whoever has it can make every code to come. It is only needed to set them up somewhere else."
        />
      )}
      <ItemFiles item={item} />
      <ItemHistory item={item} />
      <Fact name="Kept since">
        {calendarDate(item.createdAtMs, nowMs)}
        {item.revision > 1 && `, last changed ${calendarDate(item.updatedAtMs, nowMs)}`}
      </Fact>
    </dl>
  )
}

function PublicKey({ publicKey, fingerprint }: { readonly publicKey: string; readonly fingerprint: string | null }) {
  return (
    <Fact name="Public key">
      <span className="flex items-start gap-2">
        <code className="min-w-0 flex-1 font-mono text-12 break-all">{publicKey}</code>
        <CopyButton label="Copy public key" text={publicKey} className="-my-1.5" />
      </span>
      <span className="mt-1 block font-mono text-12 break-all text-ink-muted">{fingerprint}</span>
    </Fact>
  )
}
