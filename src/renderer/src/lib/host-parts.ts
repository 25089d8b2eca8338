import { useEffect, useState } from 'react'

/** A host cut into what anyone may choose in front and the part that says who owns it. */
export type HostParts = { readonly front: string; readonly registrable: string }

type DomainOf = (host: string) => string | null

let domainOf: DomainOf | null = null

/** Cuts a host with the public suffix list; an address, `localhost` or an unknown suffix is stressed as a whole. */
export function hostParts(host: string, lookUp: DomainOf): HostParts {
  const domain = lookUp(host)
  if (domain === null || domain === '' || !host.endsWith(domain)) return { front: '', registrable: host }
  return { front: host.slice(0, host.length - domain.length), registrable: domain }
}

/** Loads the public suffix list (100 kB) once. `github.io` and its like count as suffixes: their customers own the names. */
export async function loadDomains(): Promise<DomainOf> {
  if (domainOf === null) {
    const { getDomain } = await import('tldts')
    domainOf = (host) => getDomain(host, { allowPrivateDomains: true })
  }
  return domainOf
}

/** The parts of a host; until the list is there the whole host is stressed. */
export function useHostParts(host: string): HostParts {
  const [lookUp, setLookUp] = useState<DomainOf | null>(() => domainOf)
  useEffect(() => {
    let wanted = true
    if (lookUp === null) {
      loadDomains().then(
        (loaded) => wanted && setLookUp(() => loaded),
        () => undefined,
      )
    }
    return () => {
      wanted = false
    }
  }, [lookUp])
  return lookUp === null ? { front: '', registrable: host } : hostParts(host, lookUp)
}
