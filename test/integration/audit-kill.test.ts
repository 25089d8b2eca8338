import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { append, openHome, password, temporaryFolder } from '../main/audit/audit-home.ts'
import { bundleScript } from '../support/bundle-script.ts'

const kills = 20

/** Kills the program some milliseconds after its first entry; returns what it had been told is durable. */
async function killedRun(script: string, home: string, run: number): Promise<ReadonlyArray<string>> {
  const child = spawn(process.execPath, [script, home, String(run)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const ended = once(child, 'close')
  await once(child.stdout, 'data')
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
  child.kill('SIGKILL')
  await ended
  // What follows the last line break is half a line.
  return printed.split('\n').slice(0, -1)
}

test(
  'killed 20 times while it appends, it keeps every entry it had acknowledged, and the log fits',
  { timeout: 120_000 },
  async () => {
    const folder = temporaryFolder()
    const made = openHome(folder)
    await made.vault.create(password)
    await append(made.log, 3)
    made.close()

    const acknowledged: string[] = []
    const script = await bundleScript('append-until-killed')
    for (let run = 0; run < kills; run++) acknowledged.push(...(await killedRun(script, folder, run)))
    expect(acknowledged.length).toBeGreaterThan(kills)

    const { log, vault } = openHome(folder)
    expect(log.verify()).toMatchObject({ ok: true })
    await vault.unlock(password)
    expect(log.problem).toBeNull()
    expect(log.verify()).toMatchObject({ ok: true, unsigned: 0 })
    const kept = new Set<string>()
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
      const page = log.list({ limit: 500, before, kinds: ['tool.call'] })
      for (const { target } of page.entries) if (target !== undefined) kept.add(target)
      before = page.nextBefore
    }
    expect(acknowledged.filter((target) => !kept.has(target))).toEqual([])
    expect(log.list({ limit: 1, kinds: ['log.start'] }).total).toBe(kills + 2)
  },
)
