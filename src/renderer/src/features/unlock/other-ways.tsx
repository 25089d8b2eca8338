import { lazy } from 'react'

// What few starts need, kept out of what every start waits for.

export const RestoreVault = lazy(async () => ({ default: (await import('./restore-vault.tsx')).RestoreVault }))
export const RecoverVault = lazy(async () => ({ default: (await import('./recover-vault.tsx')).RecoverVault }))
export const OlderVault = lazy(async () => ({ default: (await import('./older-vault.tsx')).OlderVault }))
export const QuickUnlock = lazy(async () => ({ default: (await import('./quick-unlock.tsx')).QuickUnlock }))
export const ShowWords = lazy(async () => ({ default: (await import('./show-words.tsx')).ShowWords }))
