import { cn } from '../../lib/class-names.ts'
import { useHostParts } from '../../lib/host-parts.ts'
import { visibleString } from '../../lib/visible-text.ts'

const hostMaxChars = 253

/** A host in which the part that says who owns it stands out. */
export function Host({
  host,
  port = '',
  className,
}: {
  readonly host: string
  readonly port?: string
  readonly className?: string
}) {
  const { front, registrable } = useHostParts(visibleString(host, hostMaxChars))
  return (
    <bdi className={cn('font-mono wrap-anywhere', className)}>
      <span className="text-ink-muted">{front}</span>
      <span className="inline-block max-w-full font-semibold text-ink">
        {registrable}
        {port !== '' && `:${port}`}
      </span>
    </bdi>
  )
}
