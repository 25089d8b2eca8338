import { CopyButton } from '../../components/ui/copy-button.tsx'
import { useStatus } from '../../lib/queries.ts'
import { Section } from './section.tsx'

/** Which Clawkeep this is and where it keeps its files. */
export function About() {
  const status = useStatus().data
  if (status === undefined) return null
  return (
    <Section title="About">
      <Line name="Version" value={status.version} />
      <Line name="Home folder" value={status.home} copy />
      <Line name="Process" value={String(status.pid)} />
    </Section>
  )
}

function Line({
  name,
  value,
  copy = false,
}: {
  readonly name: string
  readonly value: string
  readonly copy?: boolean
}) {
  return (
    <div className="flex min-h-11 items-center gap-4 px-4 py-1.5">
      <span className="w-28 shrink-0 text-13 text-ink-muted">{name}</span>
      <code className="min-w-0 flex-1 font-mono text-13 wrap-anywhere">{value}</code>
      {copy && <CopyButton label={`Copy ${name.toLowerCase()}`} text={value} />}
    </div>
  )
}
