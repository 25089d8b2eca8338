import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChangeEvents } from '../../src/main/change-events.ts'
import { systemClock } from '../../src/main/clock.ts'
import { attachFrom } from '../../src/main/file-exchange.ts'
import { sealInto } from '../../src/main/vault/file-stream.ts'
import { Vault } from '../../src/main/vault/vault.ts'
import { median } from './support/window-run.ts'

// A file of 100 MB: sealing it, beside AES-256-GCM over the same bytes; attaching it from disk to disk, durable, beside a plain copy that is.

const megabytes = 100
const pieceBytes = 1024 * 1024
const rounds = 9
const targetRatio = 0.5

const folder = mkdtempSync(join(tmpdir(), 'clawkeep-bench-'))
const vault = Vault.open({ file: join(folder, 'vault.db'), clock: systemClock, events: new ChangeEvents() })
try {
  await vault.create('correct horse battery staple')
  const { id: itemId } = vault.items.add({ kind: 'note', name: 'papers' })
  const { signal } = new AbortController()
  const piece = randomBytes(pieceBytes)
  const source = join(folder, 'source')
  writeFileSync(source, randomBytes(megabytes * pieceBytes))
  const times = { raw: [] as number[], seal: [] as number[], copy: [] as number[], attach: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    times.raw.push(await timed(async () => encrypt(piece)))
    times.seal.push(await timed(() => seal(piece)))
    times.copy.push(await timed(() => copyDurably(source, join(folder, 'copy'))))
    times.attach.push(
      await timed(async () => {
        const { id } = await attachFrom(vault.items.files, itemId, source, { signal })
        setImmediate(() => vault.items.files.remove(id))
      }),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  report('seal', median(times.seal), median(times.raw), targetRatio)
  report('attach_durably', median(times.attach), median(times.copy), null)
} finally {
  vault.close()
  rmSync(folder, { recursive: true, force: true })
}

/** `value` and `baseline` in milliseconds, printed as MB/s. */
function report(figure: string, tookMs: number, baselineMs: number, target: number | null): void {
  const rate = (ms: number): number => Math.round((megabytes * pieceBytes) / 1_000 / ms)
  const ratio = Math.round((baselineMs / tookMs) * 100) / 100
  console.log(
    JSON.stringify({
      bench: 'files',
      figure: `${figure}_mb_per_s`,
      value: rate(tookMs),
      baseline: rate(baselineMs),
      ratio,
      ...(target !== null && { target: `ratio ≥ ${target}` }),
    }),
  )
  if (target !== null && ratio < target) process.exitCode = 1
}

function encrypt(piece: Buffer): void {
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
  for (let at = 0; at < megabytes; at += 1) cipher.update(piece)
  cipher.final()
}

/** All of the sealing, and no disk. */
async function seal(piece: Buffer): Promise<void> {
  function* pieces(): Generator<Buffer> {
    for (let at = 0; at < megabytes; at += 1) yield piece
  }
  const nowhere = { writev: async () => undefined } as unknown as FileHandle
  await sealInto(nowhere, pieces(), { key: randomBytes(32), vaultId: 'vlt_bench', fileId: 'fil_bench' }, () => {})
}

async function copyDurably(from: string, to: string): Promise<void> {
  const [input, output] = [await open(from, 'r'), await open(to, 'w')]
  try {
    const buffer = Buffer.alloc(pieceBytes)
    for (;;) {
      const { bytesRead } = await input.read(buffer, 0, buffer.length)
      if (bytesRead === 0) break
      await output.write(buffer, 0, bytesRead)
    }
    await output.sync()
  } finally {
    await input.close()
    await output.close()
  }
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  await run()
  return performance.now() - startedMs
}
