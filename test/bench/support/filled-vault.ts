import { join } from 'node:path'
import { ChangeEvents } from '../../../src/main/change-events.ts'
import { systemClock } from '../../../src/main/clock.ts'
import { Vault } from '../../../src/main/vault/vault.ts'

export const password = 'correct horse battery staple'

/** The vault of a folder, locked or absent. */
export function openVault(folder: string): Vault {
  return Vault.open({ file: join(folder, 'vault.db'), clock: systemClock, events: new ChangeEvents() })
}

/** Makes the vault of a folder with logins as people have them, and leaves it unlocked. */
export async function makeFilledVault(folder: string, items: number): Promise<Vault> {
  const vault = openVault(folder)
  await vault.create(password)
  const atOnce = 10_000
  for (let from = 0; from < items; from += atOnce) {
    const entries = Array.from({ length: Math.min(atOnce, items - from) }, (_, at) => ({ input: login(from + at) }))
    vault.items.addMany(entries)
  }
  return vault
}

/** What entry number `index` is made of. */
export function login(index: number) {
  return {
    kind: 'login' as const,
    name: `Sérvice ${index} of the shop`,
    hosts: [`login-${index}.example.com`],
    userName: `person-${index}@example.com`,
    secret: `secret-${index}-${'x'.repeat(24)}`,
    tags: [index % 2 === 0 ? 'work' : 'home'],
  }
}
