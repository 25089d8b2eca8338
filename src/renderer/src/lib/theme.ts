import { useEffect } from 'react'
import { useSettings } from './queries.ts'

/** Sets the chosen theme on the document, before and after unlock; `system` leaves it to the media query. */
export function useTheme(): void {
  const theme = useSettings().data?.theme
  useEffect(() => {
    if (theme === undefined) return
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [theme])
}
