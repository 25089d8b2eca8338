import type { Approval } from '../../../../shared/models/approval.ts'
import { Host } from '../../components/ui/host.tsx'
import { HostileText } from '../../components/ui/hostile-text.tsx'

const pathMaxChars = 200

/** The request on one line: method, host, path; of a sign-in where its answer goes. */
export function RequestLine({ approval }: { readonly approval: Approval }) {
  const { method, host, url } = approval.request
  if (approval.consent !== null) {
    return (
      <span className="block truncate text-12 text-ink-muted">
        answers to <HostileText text={host} maxChars={pathMaxChars} className="font-mono" />
      </span>
    )
  }
  return (
    <span className="block truncate font-mono text-12 text-ink-muted">
      <HostileText text={method} maxChars={16} className="font-medium" /> <Host host={host} className="break-normal" />
      <HostileText text={pathOf(url)} maxChars={pathMaxChars} />
    </span>
  )
}

function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url)
    return pathname === '/' && search === '' ? '' : `${pathname}${search}`
  } catch {
    return ''
  }
}
