import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder for the files of one test, never the person's own home. */
export type Scratch = {
  readonly folder: string
  /** Writes a file with its folders; gives its path. */
  readonly put: (name: string, content: string | Buffer, mode?: number) => string
  readonly text: (path: string) => string
  readonly has: (path: string) => boolean
  readonly remove: () => void
}

export function scratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'clawkeep-connect-'))
  return {
    folder,
    put: (name, content, mode = 0o600) => {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content, { mode })
      return path
    },
    text: (path) => readFileSync(path, 'utf8'),
    has: (path) => existsSync(path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
