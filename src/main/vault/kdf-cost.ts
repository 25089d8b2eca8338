import { ceiling, deriveSlotKey, sameCost, type KdfParams } from './kdf.ts'

/** An unlock may take so long; a guess then costs as much. */
const wantedMs = 800

/** Parameters, how long one derivation with them took on this computer, and whether they are costlier than those before. */
export type MeasuredKdf = { readonly kdf: KdfParams; readonly tookMs: number; readonly raised: boolean }

/**
 * Raises the cost of a guess until an unlock takes most of `mostMs`: memory first, because it is what hardware for guessing lacks, then
 * passes. Measured with real derivations, one at a time; never below `from`, never above the ceiling.
 */
export async function costliest(password: string, from: KdfParams, mostMs = wantedMs): Promise<MeasuredKdf> {
  let best: MeasuredKdf = { ...(await measure(password, sameCost(from))), raised: false }
  for (const dearer of [withMoreMemory, withMorePasses]) {
    for (let next = dearer(best.kdf); next !== null; next = dearer(best.kdf)) {
      // Time grows with memory times passes: what cannot fit is not tried.
      const growth = (next.memoryKiB * next.passes) / (best.kdf.memoryKiB * best.kdf.passes)
      if (best.tookMs * growth > mostMs) break
      best = { ...(await measure(password, next)), raised: true }
    }
  }
  return best
}

function withMoreMemory(kdf: KdfParams): KdfParams | null {
  const memoryKiB = kdf.memoryKiB * 2
  return memoryKiB > ceiling.memoryKiB ? null : { ...kdf, memoryKiB }
}

function withMorePasses(kdf: KdfParams): KdfParams | null {
  return kdf.passes + 1 > ceiling.passes ? null : { ...kdf, passes: kdf.passes + 1 }
}

async function measure(password: string, kdf: KdfParams): Promise<Omit<MeasuredKdf, 'raised'>> {
  const startMs = performance.now()
  const key = await deriveSlotKey(password, kdf)
  key.fill(0)
  return { kdf, tookMs: Math.round(performance.now() - startMs) }
}
