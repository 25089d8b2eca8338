// npm run chaos NAME [-- --kills N --seed N]: kills a process in the middle of its work, again and again, and looks whether anything is lost.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { main, pinnedNode, root, run, SetupError } from './run.mjs'

await main(async ([name = 'vault', ...options]) => {
  const file = join(root, 'test', 'chaos', `${name}.chaos.ts`)
  if (!/^[a-z-]+$/.test(name) || !existsSync(file)) throw new SetupError(`There is no chaos "${name}". There is: vault`)
  const { code } = await run(pinnedNode(), [file, ...options])
  return code ?? 1
})
