import type { ItemOverview, ItemView } from '../../../../shared/models/item.ts'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Fact } from '../../layout/list-detail.tsx'
import { SecretFact } from './secret-fact.tsx'

type OwnFieldFactsProps = { readonly item: ItemOverview; readonly fields: ItemView['fields'] }

/** The fields the person added, in their order; a hidden one is covered until it is asked for. */
export function OwnFieldFacts({ item, fields }: OwnFieldFactsProps) {
  return fields.map(({ id, name, value }) =>
    value === null ? (
      <SecretFact key={id} item={item} field={`field:${id}`} name={name} />
    ) : (
      <Fact key={id} name={name}>
        <span className="flex items-start gap-2">
          <span className="max-h-60 min-w-0 flex-1 overflow-y-auto whitespace-pre-wrap">
            {value === '' ? <span className="text-ink-muted">Nothing here.</span> : value}
          </span>
          {value !== '' && <CopyButton label={`Copy ${name}`} text={value} className="-my-1.5" />}
        </span>
      </Fact>
    ),
  )
}
