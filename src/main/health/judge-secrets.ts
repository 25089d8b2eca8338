import { createHmac, randomBytes } from 'node:crypto'
import { AppError } from '../../shared/app-error.ts'
import type { ItemKind } from '../../shared/models/item.ts'
import type { HeldItem } from '../vault/item-index.ts'
import type { Items } from '../vault/items.ts'
import { type Course, paced, stopIfAborted } from '../vault/paced.ts'
import type { StrengthApart } from './strength-apart.ts'
import { isGuessable, isWeak, weakAtAGlance } from './weak-secret.ts'

/** What is known of the secret of one item, without it. */
export type JudgedItem = {
  readonly overview: HeldItem
  /** The same for the same secret, under a key that is gone after the check; null: it has none, or does not open. */
  readonly mark: string | null
  /** In the form of the list of breached passwords; null also when there is no list, or it is nothing that people choose. */
  readonly hash: string | null
  readonly isWeak: boolean
  readonly isDamaged: boolean
}

type Opened = Omit<JudgedItem, 'isWeak'> & { readonly weak: boolean | null; readonly secret: string }

/** So many secrets are open at a time. */
const batchItems = 25
/** What a guesser knows: words of the name, the user name and the hosts. */
const knownWords = { most: 12, chars: 40 }

/**
 * Opens the secret of every item once, a few at a time, and says what can be said without keeping it. Throws AppError cancelled,
 * locked.
 */
export async function judgeSecrets(
  items: Pick<Items, 'list' | 'get' | 'whole'>,
  { strength, hashOf }: { readonly strength: StrengthApart; readonly hashOf: ((secret: string) => string) | null },
  course: Course,
): Promise<ReadonlyArray<JudgedItem>> {
  const ids = items.list().map(({ id }) => id)
  const key = randomBytes(32)
  const judged: JudgedItem[] = []
  const weakByMark = new Map<string, boolean>()
  try {
    for (let at = 0; at < ids.length; at += batchItems) {
      const some = ids.slice(at, at + batchItems)
      const opened = await paced(
        openEach(items, some, (secret) => markOf(key, secret), hashOf),
        { signal: course.signal },
      )
      const asked = opened.filter(({ weak, mark }) => weak === null && mark !== null && !weakByMark.has(mark))
      const question = asked.map(({ secret, overview }) => ({ password: secret, known: wordsOf(overview) }))
      const scores = await strength.score(question, course.signal)
      stopIfAborted(course.signal)
      for (const [place, { mark, overview }] of asked.entries())
        if (mark !== null) weakByMark.set(mark, isWeak(overview.kind, scores[place] ?? 0))
      for (const { secret: _secret, weak, ...rest } of opened)
        judged.push({ ...rest, isWeak: weak ?? (rest.mark !== null && weakByMark.get(rest.mark) === true) })
      course.onProgress?.(judged.length, ids.length)
    }
    return judged
  } finally {
    key.fill(0)
  }
}

function* openEach(
  items: Pick<Items, 'whole' | 'get'>,
  ids: ReadonlyArray<string>,
  mark: (secret: string) => string,
  hashOf: ((secret: string) => string) | null,
): Generator<void, ReadonlyArray<Opened>> {
  const opened: Opened[] = []
  for (const id of ids) {
    const one = openOne(items, id, mark, hashOf)
    if (one !== null) opened.push(one)
    yield
  }
  return opened
}

/** Null: it was removed meanwhile. */
function openOne(
  items: Pick<Items, 'whole' | 'get'>,
  id: string,
  mark: (secret: string) => string,
  hashOf: ((secret: string) => string) | null,
): Opened | null {
  try {
    const { overview, details } = items.whole(id)
    const secret = hasOwnSecret(overview.kind) ? details.secret : ''
    if (secret === '') return { overview, mark: null, hash: null, isDamaged: false, weak: false, secret }
    const guessable = isGuessable(overview.kind)
    return {
      overview,
      mark: mark(secret),
      hash: guessable && hashOf !== null ? hashOf(secret) : null,
      isDamaged: false,
      weak: guessable ? weakAtAGlance(overview.kind, secret) : false,
      secret,
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'not_found') return null
    if (error.code !== 'damaged') throw error
    return { overview: items.get(id), mark: null, hash: null, isDamaged: true, weak: false, secret: '' }
  }
}

/** A note is its text and a one-time code its seed: neither can be used twice, guessed or changed like a secret. */
function hasOwnSecret(kind: ItemKind): boolean {
  return kind === 'login' || kind === 'api-key' || kind === 'ssh-key'
}

function markOf(key: Buffer, secret: string): string {
  return createHmac('sha256', key).update(secret, 'utf8').digest('base64')
}

function wordsOf({ name, userName, hosts }: HeldItem): ReadonlyArray<string> {
  const words = [name, userName, ...hosts].join(' ').split(/[^\p{L}\p{N}]+/u)
  return words
    .filter((word) => word.length > 2)
    .slice(0, knownWords.most)
    .map((word) => word.slice(0, knownWords.chars))
}
