import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AuditLog } from '../../src/main/audit/audit-log.ts'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { findNewerVault } from '../../src/main/newer-vault.ts'
import { witnessBytes, writeQuickUnlockFile } from '../../src/main/quick-unlock-file.ts'
import type { Course } from '../../src/main/vault/paced.ts'
import { Vault } from '../../src/main/vault/vault.ts'
import { FakeClock } from './fake-clock.ts'
import { temporaryHome, testPassword } from './vault.ts'

export const course: Course = { signal: new AbortController().signal }
export const person = { kind: 'person', id: 'window' } as const
export const rest = { kind: 'api-key' as const, hosts: [], userName: '', secret: 'secret', notes: '' }

/** A vault and its log on one folder, wired as the core wires them. */
export class Core {
  readonly vault: Vault
  readonly audit: AuditLog

  constructor(home: string, clock: FakeClock) {
    const events = new ChangeEvents()
    this.vault = Vault.open({ file: join(home, 'vault.db'), clock, events })
    this.audit = AuditLog.open({ file: join(home, 'audit.db'), clock, vault: this.vault, events })
    this.vault.findNewer = findNewerVault({ home, audit: this.audit })
  }

  async add(name: string): Promise<void> {
    await this.audit.around({ kind: 'item.add', asker: person }, async () => this.vault.items.add({ ...rest, name }))
  }

  names(): ReadonlyArray<string> {
    return this.vault.items
      .list()
      .map(({ name }) => name)
      .toSorted()
  }

  close(): void {
    this.vault.lock()
    this.audit.close()
    this.vault.close()
  }

  /** As a killed process leaves it: nothing is signed any more. */
  kill(home: string): void {
    keep(home, 'killed')
    this.close()
    putBack(home, 'killed', ['vault.db', 'audit.db'])
  }
}

const parts = ['vault.db', 'audit.db', 'quick-unlock.json'] as const
type Part = (typeof parts)[number]

/** Copies the files as they are, with what SQLite has beside them. */
function keep(home: string, as: string): void {
  for (const part of parts)
    for (const end of ['', '-wal'])
      if (existsSync(join(home, part + end))) copyFileSync(join(home, part + end), join(home, `${as}-${part}${end}`))
}

export function putBack(home: string, as: string, which: ReadonlyArray<Part>): void {
  for (const part of which)
    for (const end of ['', '-wal']) {
      rmSync(join(home, part + end), { force: true })
      if (existsSync(join(home, `${as}-${part}${end}`)))
        copyFileSync(join(home, `${as}-${part}${end}`), join(home, part + end))
    }
}

/** Homes of a vault that has an older file beside it; `clock` is theirs. */
export type OlderVaultHomes = {
  readonly clock: FakeClock
  readonly words: string
  /** The home that the others are copied from. */
  readonly template: string
  /** A closed home: `old-*` are its files before two items were added and a key of a client was revoked; `backup.ckbackup` is of that time. */
  make(options?: { quickUnlock?: boolean }): string
  cleanup(): void
}

export async function olderVaultHomes(): Promise<OlderVaultHomes> {
  const clock = new FakeClock()
  const template = temporaryHome()
  const folders = [template]
  const core = new Core(template, clock)
  const words = await core.vault.create(testPassword)
  await core.add('kept')
  await core.vault.whole.copyTo(join(template, 'backup.ckbackup'), course)
  writeWitness(template, core, clock)
  core.close()
  keep(template, 'old')
  const later = new Core(template, clock)
  await later.vault.unlock(testPassword)
  clock.pass(60_000)
  await later.add('newer')
  await later.add('newest')
  await later.audit.event({ kind: 'key.revoke', asker: person, outcome: 'ok' })
  writeWitness(template, later, clock)
  later.close()
  return {
    clock,
    words,
    template,
    make: ({ quickUnlock = false } = {}) => {
      const folder = temporaryHome()
      folders.push(folder)
      for (const as of ['', 'old-'])
        for (const part of parts)
          if (quickUnlock || part !== 'quick-unlock.json')
            copyFileSync(join(template, as + part), join(folder, as + part))
      copyFileSync(join(template, 'backup.ckbackup'), join(folder, 'backup.ckbackup'))
      return folder
    },
    cleanup: () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })),
  }
}

/** As quick unlock leaves it at a lock. */
function writeWitness(home: string, { vault }: Core, clock: FakeClock): void {
  const unsigned = {
    version: 1,
    vaultId: vault.vaultId ?? '',
    slotId: 'slt_1',
    sealedKey: '',
    witness: { ...(vault.mark ?? { epoch: 1, counter: 0 }), atMs: clock.now(), passwordAtMs: clock.now() },
  } as const
  const signature = vault.auditSigner().sign(witnessBytes(unsigned)).toString('base64')
  writeQuickUnlockFile(home, { ...unsigned, signature })
}
