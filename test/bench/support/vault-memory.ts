import { openVault, password } from './filled-vault.ts'

// Unlocks the vault of a folder, lists it and prints what the process then holds, in MiB; garbage does not count. Run with --expose-gc.

const [, , folder = ''] = process.argv
const vault = openVault(folder)
await vault.unlock(password)
const listed = vault.items.list()
const collect = globalThis.gc as unknown as (how: { type: 'major'; flavor: 'last-resort' }) => void
collect({ type: 'major', flavor: 'last-resort' })
await new Promise((resolve) => setTimeout(resolve, 100))
console.log(JSON.stringify({ items: listed.length, mib: Math.round(process.memoryUsage.rss() / 1024 / 1024) }))
vault.close()
