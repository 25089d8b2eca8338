import { useEffect, useState } from 'react'

/** How long a prompt that has just appeared ignores input: a key or click under way was meant for something else. */
export const guardMs = 500

/** How long nothing must be typed before the prompt takes keys, when it came up while a text was being typed. */
const typingPauseMs = 1_000

/**
 * False for half a second after the prompt `id` came up, or after the window came back into view; true from then on. Someone
 * who types or clicks while a prompt pops up under the hands decides nothing; with `interrupts`, a text was being typed, and it stays
 * false until the typing has paused.
 */
export function useArming(id: string, interrupts: boolean): boolean {
  const [armedId, setArmedId] = useState<string | null>(null)
  useEffect(() => {
    const waitMs = interrupts ? typingPauseMs : guardMs
    let isArmed = false
    const arm = () => {
      isArmed = true
      setArmedId(id)
    }
    let timer = setTimeout(arm, waitMs)
    const typed = () => {
      if (!interrupts || isArmed) return
      clearTimeout(timer)
      timer = setTimeout(arm, waitMs)
    }
    window.addEventListener('keydown', typed, true)
    const again = () => {
      if (document.visibilityState !== 'visible') return
      clearTimeout(timer)
      isArmed = false
      setArmedId(null)
      timer = setTimeout(arm, waitMs)
    }
    document.addEventListener('visibilitychange', again)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', again)
      window.removeEventListener('keydown', typed, true)
    }
  }, [id, interrupts])
  return armedId === id
}
