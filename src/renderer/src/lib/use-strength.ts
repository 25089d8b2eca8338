import { useEffect, useMemo, useState } from 'react'
import { type Judge, loadJudge, type Strength } from '../../../shared/strength.ts'

/** Taking the word lists apart keeps the page for a moment: after it stands, and before much is typed. */
const settleMs = 150

let judge: Judge | null = null

/** How long guessing a password would take; null while it is empty or the word lists are still being loaded. */
export function useStrength(password: string): Strength | null {
  const [isLoaded, setLoaded] = useState(judge !== null)
  useEffect(() => {
    if (isLoaded) return
    const soon = setTimeout(() => {
      loadJudge().then(
        (loaded) => {
          judge = loaded
          setLoaded(true)
        },
        // Without the lists there is no judgment; the password is as good as before.
        () => undefined,
      )
    }, settleMs)
    return () => clearTimeout(soon)
  }, [isLoaded])
  return useMemo(
    () => (isLoaded && judge !== null && password !== '' ? judge(password, ['clawkeep']) : null),
    [isLoaded, password],
  )
}
