import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SettingsStore } from '../../src/main/settings/settings-store.ts'
import { Upkeep } from '../../src/main/upkeep.ts'
import { createAuditedVault } from '../support/audited-vault.ts'
import { codeOfPromise } from '../support/error-code.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { smallDisk } from '../support/small-disk.ts'
import { temporaryHome } from '../support/vault.ts'

const person = { kind: 'person', id: 'window' } as const

it('a rotation says what happened with any room that is left, and the time of the key is that of the change', async () => {
  const disk = smallDisk(4)
  const elsewhere = temporaryHome()
  const clock = new FakeClock()
  const home = join(disk.folder, 'home')
  const test = await createAuditedVault({ clock, home })
  const { vault, audit, events } = test
  symlinkSync(elsewhere, join(home, 'backups'))
  const settings = new SettingsStore({ home, events })
  const upkeep = new Upkeep({ home, vault, audit, settings, clock, events })
  try {
    for (let at = 0; at < 20; at += 1) vault.items.add({ kind: 'login', name: `item ${at}`, secret: 'x' })
    const codes = new Set<string>()
    let before = upkeep.view()
    for (let roomKiB = 12; roomKiB <= 108; roomKiB += 8) {
      clock.pass(60_000)
      disk.fill()
      disk.leave(roomKiB * 1024)
      const code = await codeOfPromise(upkeep.rotate(person))
      codes.add(code)
      const { epoch, keySinceMs } = upkeep.view()
      const expected =
        code === 'none'
          ? { epoch: (before.epoch ?? 0) + 1, keySinceMs: clock.now() }
          : { epoch: before.epoch, keySinceMs: before.keySinceMs }
      expect({ roomKiB, epoch, keySinceMs }).toEqual({ roomKiB, ...expected })
      disk.empty()
      await audit.flush()
      const closed = audit
        .list({ limit: 10 })
        .entries.find(({ kind, phase }) => kind === 'vault.rotate' && phase === 'close')
      if (code === 'none') expect(closed).toMatchObject({ outcome: 'ok', target: `epoch-${epoch}` })
      before = upkeep.view()
    }
    expect(codes).toEqual(new Set(['disk_full', 'none']))
  } finally {
    upkeep.dispose()
    test.cleanup()
    disk.remove()
    rmSync(elsewhere, { recursive: true })
  }
})
