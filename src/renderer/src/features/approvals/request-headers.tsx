import { useState } from 'react'
import type { RequestView } from '../../../../shared/models/approval.ts'
import { HostileText } from '../../components/ui/hostile-text.tsx'

const nameMaxChars = 60
const valueMaxChars = 200

/** The names of the headers; their values on demand. A secret is still its placeholder here. */
export function RequestHeaders({ headers }: { readonly headers: RequestView['headers'] }) {
  const [values, setValues] = useState(false)
  const rows = headers.map((header, position) => ({ ...header, key: `${position} ${header.name}` }))
  return (
    <div className="font-mono text-12 leading-5">
      {values ? (
        <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5">
          {rows.map(({ key, name, value }) => (
            <div key={key} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-ink-muted">
                <HostileText text={name} maxChars={nameMaxChars} expandable />
              </dt>
              <dd>
                <HostileText text={value} maxChars={valueMaxChars} expandable placeholders />
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <span>
          {rows.map(({ key, name }, position) => (
            <span key={key}>
              {position > 0 && <span className="text-ink-muted">, </span>}
              <HostileText text={name} maxChars={nameMaxChars} />
            </span>
          ))}
        </span>
      )}
      <button
        type="button"
        onClick={() => setValues(!values)}
        className={`${values ? 'mt-1 block' : 'ml-3'} rounded-sm font-sans font-medium text-accent-text hover:underline`}
      >
        {values ? 'Hide values' : 'Show values'}
      </button>
    </div>
  )
}
