import { useCallback } from 'react'
import { useLocation } from 'wouter'

/** The selected entry of a page, kept in the address (`/keys/itm_…`) so that going back and links work. */
export function useSelection(page: string): readonly [string | null, (id: string | null) => void] {
  const [location, go] = useLocation()
  const selected = location.startsWith(`${page}/`) ? decodeURIComponent(location.slice(page.length + 1)) : null
  const select = useCallback(
    (id: string | null) => go(id === null ? page : `${page}/${encodeURIComponent(id)}`),
    [go, page],
  )
  return [selected === '' ? null : selected, select]
}
