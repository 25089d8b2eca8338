import { HostileText } from '../../components/ui/hostile-text.tsx'
import { Host } from '../../components/ui/host.tsx'

const urlMaxChars = 600

/** A URL with its host stressed. What cannot be read as a URL is shown as it came; a user name in it is marked, it fakes hosts. */
export function RequestUrl({ url }: { readonly url: string }) {
  const parsed = parse(url)
  if (parsed === null) return <HostileText text={url} maxChars={urlMaxChars} expandable className="font-mono" />
  const account = parsed.username === '' ? '' : `${parsed.username}${parsed.password === '' ? '' : ':…'}@`
  return (
    <span className="font-mono wrap-anywhere">
      <span className="text-ink-muted">{parsed.protocol}//</span>
      {account !== '' && (
        <span className="rounded-sm bg-danger-soft text-danger" title="A user name before the host">
          <HostileText text={account} maxChars={80} />
        </span>
      )}
      <Host host={parsed.hostname} port={parsed.port} />
      <HostileText text={`${parsed.pathname}${parsed.search}${parsed.hash}`} maxChars={urlMaxChars} expandable />
    </span>
  )
}

function parse(url: string): URL | null {
  try {
    return new URL(url)
  } catch {
    return null
  }
}
