import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import { toStorageError } from '../db/storage-error.ts'
import type { Ownership } from './spec.ts'

const HomeId = z.string().regex(/^[0-9a-f]{32}$/)

/** Who this home is towards the container engine: a random id that moves with the folder, and a hash of where it is now. */
export function homeOwnership(home: string): Ownership {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const place = realpathSync(home)
  return {
    owner: readOrMake(join(place, 'home-id')),
    home: createHash('sha256').update(place).digest('hex').slice(0, 32),
  }
}

function readOrMake(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isFile() === false) throw noId(file)
  // Empty when a full disk or the end of the process came between its making and its writing: nobody has that id yet.
  if (found?.size === 0) rmSync(file)
  try {
    // `wx`: of two at once only one writes, and the other reads what it wrote.
    writeFileSync(file, randomBytes(16).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw toStorageError(error, 'id of this home')
  }
  const id = HomeId.safeParse(readFileSync(file, 'utf8').trim())
  if (id.success) return id.data
  throw noId(file)
}

function noId(file: string): AppError {
  return new AppError('damaged', `The file ${file} does not hold the id of this home.`, {
    hint: 'Put it back from a backup, or delete it: then assistants start with empty data and the old data stays in Docker.',
  })
}
