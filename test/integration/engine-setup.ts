import { ensureEngine } from '../../scripts/docker-engine.mjs'

/**
 * Starts a container engine where it may. Where it may not, the tests that need one get the reason in
 * CLAWKEEP_ENGINE_PROBLEM and fail with it; they are never skipped.
 */
export async function setup(): Promise<void> {
  try {
    await ensureEngine()
  } catch (error) {
    process.env['CLAWKEEP_ENGINE_PROBLEM'] = error instanceof Error ? error.message : String(error)
  }
}
