import { SearchX } from 'lucide-react'
import type { Connection } from '../../../../shared/models/connection.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Time } from '../../components/ui/time.tsx'
import { VirtualList } from '../../components/ui/virtual-list.tsx'
import { ListDetail } from '../../layout/list-detail.tsx'
import { ListRow, rowPx } from '../../layout/searched-list.tsx'
import { useConnections } from '../../lib/queries.ts'
import { AnyProgram } from './any-program.tsx'
import { ProgramDetail } from './program-detail.tsx'
import { inOrder, programLooks } from './program-state.ts'

const anyProgram = 'generic'

type ProgramsTabProps = {
  /** A program's id, or `generic`. */
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

/** The programs that Clawkeep can connect, those on this computer first; then the way for any other. */
export function ProgramsTab({ selected, onSelect }: ProgramsTabProps) {
  const connections = useConnections()
  return (
    <Loaded query={connections} what="Looking for programs">
      {(all) => <Programs all={inOrder(all)} selected={selected} onSelect={onSelect} />}
    </Loaded>
  )
}

function Programs({ all, selected, onSelect }: ProgramsTabProps & { readonly all: ReadonlyArray<Connection> }) {
  const open = all.find(({ program }) => program === selected)
  const close = () => onSelect(null)
  return (
    <ListDetail
      wide
      onClose={close}
      list={
        <>
          {all.every(({ state }) => state === 'absent') && <NoneFound />}
          <VirtualList<Connection | null>
            label="Programs"
            items={[...all, null]}
            keyOf={(connection) => connection?.program ?? anyProgram}
            rowHeight={rowPx}
            selected={selected}
            onSelect={onSelect}
            renderRow={(connection) =>
              connection === null ? <AnyProgramRow /> : <ProgramRow connection={connection} />
            }
          />
        </>
      }
      detail={
        selected === anyProgram ? (
          <AnyProgram onClose={close} />
        ) : open === undefined ? null : (
          <ProgramDetail key={open.program} connection={open} onClose={close} />
        )
      }
    />
  )
}

function NoneFound() {
  return (
    <div role="note" className="flex items-start gap-2.5 border-b border-line bg-surface px-6 py-3 text-13">
      <SearchX size={16} className="mt-0.5 shrink-0 text-ink-muted" aria-hidden />
      <p className="text-pretty">
        None of the programs that Clawkeep knows was found on this computer.{' '}
        <span className="text-ink-muted">Whatever speaks MCP can connect: choose “Any other program” below.</span>
      </p>
    </div>
  )
}

function ProgramRow({ connection }: { readonly connection: Connection }) {
  const { name, state, file, connected } = connection
  const { word, icon, tone } = programLooks[state]
  return (
    <ListRow
      lead={<Letter name={name} />}
      title={name}
      below={
        connected === null ? (
          <span className="font-mono">{file}</span>
        ) : connected.lastSeenMs === null ? (
          'no call yet'
        ) : (
          <>
            last call <Time atMs={connected.lastSeenMs} />
          </>
        )
      }
    >
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>
    </ListRow>
  )
}

function AnyProgramRow() {
  return (
    <ListRow
      lead={<Letter name="+" />}
      title="Any other program"
      below="The address, a piece of configuration, one line"
    />
  )
}

/** The first letter instead of a trademark. */
function Letter({ name }: { readonly name: string }) {
  return (
    <span
      aria-hidden
      className="flex size-8 shrink-0 items-center justify-center rounded-lg border border-line bg-surface text-13 font-semibold text-ink-muted"
    >
      {name.slice(0, 1)}
    </span>
  )
}
