import type { ReactNode } from 'react'
import type { AuditEntry } from '../../../../shared/models/audit.ts'
import { Host } from '../../components/ui/host.tsx'
import { Detail, Fact } from '../../layout/list-detail.tsx'
import { byteSize, count, exactTime, took } from '../../lib/format.ts'
import { visibleString } from '../../lib/visible-text.ts'
import { decisionWord, kindLooks, outcomeWord } from './audit-words.ts'
import type { AuditRow } from './pair-entries.ts'
import type { Names } from './use-names.ts'

const nameMaxChars = 100

/** All that the log knows about one act. */
export function AuditDetail({
  row,
  names,
  onClose,
}: {
  readonly row: AuditRow
  readonly names: Names
  readonly onClose: () => void
}) {
  const { facts, opener, closer } = row
  return (
    <Detail
      title={kindLooks[facts.kind].words}
      subtitle={<code className="font-mono text-12">{facts.kind}</code>}
      onClose={onClose}
    >
      <dl>
        <Fact name="Who">
          <Named name={names.asker(facts.asker)} id={facts.asker.id} />
        </Fact>
        <Fact name={closer === null ? 'When' : 'Begun'}>{exactTime(row.atMs)}</Fact>
        {opener !== null && closer !== null && (
          <Fact name="Ended">
            {exactTime(closer.atMs)}
            {facts.tookMs !== undefined && `, after ${took(facts.tookMs)}`}
          </Fact>
        )}
        {row.state === 'open' && <Fact name="Ended">Not yet, or Clawkeep was stopped before it did.</Fact>}
        <Facts facts={facts} names={names} />
        <Fact name="Place in the log">
          <code className="font-mono text-12">
            {[opener, closer].flatMap((entry) => (entry === null ? [] : [entry.index])).join(' and ') || facts.index}
          </code>
          {facts.op !== undefined && <Id>{facts.op}</Id>}
        </Fact>
      </dl>
    </Detail>
  )
}

function Facts({ facts, names }: { readonly facts: AuditEntry; readonly names: Names }) {
  const { tool, host, method, itemIds, target, decision, rule, outcome, code, bytesIn, bytesOut, repeats } = facts
  return (
    <>
      {repeats !== undefined && (
        <Fact name="Stands for">The same, {count(repeats, 'time', 'times')} more within a minute.</Fact>
      )}
      {tool !== undefined && (
        <Fact name="Tool">
          <code className="font-mono text-13">{visibleString(tool, nameMaxChars)}</code>
        </Fact>
      )}
      {host !== undefined && (
        <Fact name="Host">
          <span className="font-mono text-13">{method !== undefined && `${visibleString(method, 20)} `}</span>
          <Host host={host} className="text-13" />
        </Fact>
      )}
      {itemIds !== undefined && itemIds.length > 0 && (
        <Fact name={itemIds.length === 1 ? 'Key' : 'Keys'}>
          {itemIds.map((id) => (
            <Named key={id} name={names.item(id)} id={id} />
          ))}
        </Fact>
      )}
      {target !== undefined && (
        <Fact name="Concerns">
          <Named name={names.target(target)} id={target} />
        </Fact>
      )}
      {decision !== undefined && <Fact name="Decision">{decisionWord(decision)}</Fact>}
      {rule !== undefined && (
        <Fact name="Decided by">
          <code className="font-mono text-12">{visibleString(rule, nameMaxChars)}</code>
        </Fact>
      )}
      {outcome !== undefined && <Fact name="Outcome">{outcomeWord(outcome)}</Fact>}
      {code !== undefined && (
        <Fact name="Code">
          <code className="font-mono text-13">{visibleString(code, nameMaxChars)}</code>
        </Fact>
      )}
      {bytesIn !== undefined && <Fact name="Size of the request">{byteSize(bytesIn)}</Fact>}
      {bytesOut !== undefined && <Fact name="Size of the answer">{byteSize(bytesOut)}</Fact>}
    </>
  )
}

function Named({ name, id }: { readonly name: string; readonly id: string }) {
  if (name === id) return <code className="font-mono text-12">{visibleString(id, nameMaxChars)}</code>
  return (
    <span className="block">
      {visibleString(name, nameMaxChars)}
      <Id>{visibleString(id, nameMaxChars)}</Id>
    </span>
  )
}

function Id({ children }: { readonly children: ReactNode }) {
  return <code className="ml-2 font-mono text-12 text-ink-muted">{children}</code>
}
