// Code that Node compiled is kept beside the build it comes from, so that it is not compiled anew at each start (docs/decisions/0024).
// Node runs what it finds there, so it is as trusted as the build itself.

import { rmSync, statSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'

import { root } from './run.mjs'

const out = join(root, 'out')
const kept = join(out, 'compile-cache')

/** From now on this process keeps what it compiles, if the build is this user's: what root left there its owner could not remove. */
export function keepCompiledCode() {
  const ours = process.getuid === undefined || statSync(out).uid === process.getuid()
  if (ours) module.enableCompileCache(kept)
}

/** Removes what was kept. What another user left may stay: Node never takes it for code that has changed since. */
export function dropCompiledCode() {
  try {
    rmSync(kept, { recursive: true, force: true })
  } catch {
    // It can be built all the same.
  }
}
