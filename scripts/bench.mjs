// npm run bench [name…] [--option value…]: one JSON line per figure on stdout, each with its baseline of the same run and the ratio.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { buildIfStale } from './build-if-stale.mjs'
import { ensureEngine } from './docker-engine.mjs'
import { main, pinnedNode, root, run, SetupError } from './run.mjs'
import { prepareWindow } from './window.mjs'

/** Every benchmark, in order, with what it needs set up. */
const benches = {
  mcp: [],
  load: [],
  unlock: [],
  start: ['window'],
  approval: ['window'],
  container: ['engine'],
  memory: ['window'],
}

await main(async (args) => {
  const node = pinnedNode()
  const firstOption = args.findIndex((arg) => arg.startsWith('--'))
  const given = firstOption === -1 ? args : args.slice(0, firstOption)
  // What the benchmarks understand themselves: `npm run bench -- load --minutes 1`.
  const options = firstOption === -1 ? [] : args.slice(firstOption)
  const names = given.length > 0 ? given : Object.keys(benches)
  const unknown = names.find((name) => !(name in benches))
  if (unknown) throw new SetupError(`There is no benchmark "${unknown}". There are: ${Object.keys(benches).join(', ')}`)
  const needs = new Set(names.flatMap((name) => benches[name]))
  const window = needs.has('window') ? await prepareWindow() : { env: {}, close() {} }
  try {
    if (needs.has('engine')) await ensureEngine()
    await buildIfStale()
    let failed = 0
    for (const name of names) {
      const file = join(root, 'test', 'bench', `${name}.bench.ts`)
      if (!existsSync(file)) throw new SetupError(`${file} does not exist`)
      const { code } = await run(node, [file, ...options], { env: window.env })
      if (code !== 0) failed += 1
    }
    return failed === 0 ? 0 : 1
  } finally {
    window.close()
  }
})
