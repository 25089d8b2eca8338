import { openVault, password } from './filled-vault.ts'

// Unlocks the vault of a folder, lists it and prints what the process then holds, in MiB. Run with --expose-gc.

const [, , folder = ''] = process.argv
const vault = openVault(folder)
await vault.unlock(password)
const listed = vault.items.list()
for (let round = 0; round < 3; round += 1) {
  globalThis.gc?.()
  await new Promise((resolve) => setTimeout(resolve, 50))
}
console.log(JSON.stringify({ items: listed.length, mib: Math.round(process.memoryUsage.rss() / 1024 / 1024) }))
vault.close()
