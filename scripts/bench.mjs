// npm run bench [name…] [--option N…]: one JSON line per figure on stdout, each with its baseline of the same run and the ratio.

import { join } from 'node:path'

import { benches, benchUsage, readBenchArguments } from './bench-arguments.mjs'
import { buildIfStale } from './build-if-stale.mjs'
import { ensureEngine } from './docker-engine.mjs'
import { main, pinnedNode, root, run } from './run.mjs'
import { prepareWindow } from './window.mjs'

await main(async (args) => {
  const { help, names, argsOf } = readBenchArguments(args)
  if (help) return void process.stdout.write(`${benchUsage()}\n`)
  const node = pinnedNode()
  const needs = new Set(names.flatMap((name) => benches[name].needs))
  const window = needs.has('window') ? await prepareWindow() : { env: {}, close() {} }
  try {
    if (needs.has('engine')) await ensureEngine()
    await buildIfStale()
    let failed = 0
    for (const name of names) {
      const file = join(root, 'test', 'bench', `${name}.bench.ts`)
      const { code } = await run(node, [file, ...argsOf(name)], { env: window.env })
      if (code !== 0) failed += 1
    }
    return failed === 0 ? 0 : 1
  } finally {
    window.close()
  }
})
