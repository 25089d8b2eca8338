import { useEffect, useState } from 'react'

/** How long a prompt that has just appeared ignores input: a key or click under way was meant for something else. */
export const guardMs = 500

/**
 * False for half a second after the prompt `id` came up, or after the window came back into view; true from then on. Someone
 * who types or clicks while a prompt pops up under the hands decides nothing.
 */
export function useArming(id: string): boolean {
  const [armedId, setArmedId] = useState<string | null>(null)
  useEffect(() => {
    let timer = setTimeout(() => setArmedId(id), guardMs)
    const again = () => {
      if (document.visibilityState !== 'visible') return
      clearTimeout(timer)
      setArmedId(null)
      timer = setTimeout(() => setArmedId(id), guardMs)
    }
    document.addEventListener('visibilitychange', again)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', again)
    }
  }, [id])
  return armedId === id
}
