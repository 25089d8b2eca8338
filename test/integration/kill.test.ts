import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleScript } from '../support/bundle-script.ts'
import { spawnScript } from '../support/spawn-core.ts'

/** Two homes side by side, one for each of two cores: 200 kills in all. */
const homes = [1, 2]
const kills = 100
/**
 * Kills land after up to so many lines of what the core wrote down, and up to so many milliseconds more: as far into its work on
 * a busy machine as on an idle one; 0 hits the very first write.
 */
const maxLines = 60
const maxMoreMs = 10
/** The history keeps the newest 500 answers; older ones are dropped on purpose. */
const rememberedAnswers = 200
/** The whole log is verified after every so many kills and after the last; what is new in it at every unlock. */
const verifyEvery = 10
const firstSeed = 20_260_700

let folder: string
let script: string
/** What is compiled once serves every start. */
let compiled: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clawkeep-kill-'))
  compiled = join(folder, 'compiled')
  script = await bundleScript('chaos-core')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Opened = {
  readonly items: ReadonlyArray<{ id: string; name: string; secret: string }>
  readonly approvals: ReadonlyArray<{ id: string; state: string; request: { url: string } }>
  readonly audit: { ok: boolean } | null
  readonly auditProblem: string | null
  readonly problem: unknown
}

/** What must be there: acknowledged state, and beside it the one write that was under way when the kill came. */
type Expected = {
  readonly items: Map<string, string>
  inFlight: Record<string, unknown> | null
  readonly decided: Map<string, string>
  readonly asked: Set<string>
  deciding: Record<string, unknown> | null
}

/** What the core wrote down; the last line may be cut by the kill, and was not acknowledged then. */
function readLines(file: string): ReadonlyArray<Record<string, unknown>> {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Waits until the core has got somewhere, never the same place. */
async function letLive(said: string): Promise<void> {
  const lines = Math.floor(Math.random() * (maxLines + 1))
  const deadlineMs = performance.now() + 30_000
  while (readLines(said).length - 1 < lines && performance.now() < deadlineMs) await sleep(2)
  await sleep(Math.random() * maxMoreMs)
}

function learn(expected: Expected, lines: ReadonlyArray<Record<string, unknown>>): void {
  expected.inFlight = null
  expected.deciding = null
  for (const line of lines) {
    const id = String(line['id'])
    switch (line['event']) {
      case 'begin':
        expected.inFlight = line
        break
      case 'done':
        expected.inFlight = null
        if (line['op'] === 'remove') expected.items.delete(id)
        else expected.items.set(id, String(line['secret']))
        break
      case 'asked':
        expected.asked.add(id)
        break
      case 'deciding':
        expected.deciding = line
        break
      case 'decided':
        expected.deciding = null
        expected.decided.set(id, String(line['answer']))
        break
    }
  }
  const old = [...expected.decided.keys()].slice(0, -rememberedAnswers)
  for (const id of old) {
    expected.decided.delete(id)
    expected.asked.delete(id)
  }
}

function check(expected: Expected, opened: Opened): void {
  expect(opened.problem).toBeNull()
  expect(opened.auditProblem).toBeNull()
  if (opened.audit !== null) expect(opened.audit).toMatchObject({ ok: true })
  checkItems(expected, opened.items)
  const states = new Map(opened.approvals.map((approval) => [approval.id, approval.state]))
  for (const id of expected.asked) {
    const state = states.get(id)
    const answer = expected.decided.get(id)
    if (answer !== undefined)
      expect([`${id} ${answer}`, state]).toEqual([`${id} ${answer}`, answer === 'allow' ? 'allowed' : 'denied'])
    else if (expected.deciding?.['id'] === id) {
      expect(['pending', expected.deciding['answer'] === 'allow' ? 'allowed' : 'denied']).toContain(state)
      // Found decided: from now on it must stay so.
      if (state !== 'pending') expected.decided.set(id, String(expected.deciding['answer']))
    } else expect([id, state]).toEqual([id, 'pending'])
  }
}

function checkItems(expected: Expected, items: Opened['items']): void {
  const { inFlight } = expected
  const found = new Map(items.map((item) => [item.id, item.secret]))
  for (const [id, secret] of expected.items) {
    const touched = inFlight !== null && inFlight['id'] === id
    if (touched && inFlight['op'] === 'remove' && !found.has(id)) continue
    const allowed = touched && inFlight['op'] === 'edit' ? [secret, inFlight['secret']] : [secret]
    expect(allowed).toContain(found.get(id))
  }
  const unknown = items.filter((item) => !expected.items.has(item.id))
  expect(unknown.length).toBeLessThanOrEqual(inFlight?.['op'] === 'add' ? 1 : 0)
  for (const item of unknown) expect(item).toMatchObject({ name: inFlight?.['name'], secret: inFlight?.['secret'] })
  // What was found is the new truth: the write that was under way has happened, or it has not.
  expected.items.clear()
  for (const [id, secret] of found) expected.items.set(id, secret)
}

test.concurrent.each(homes)(
  `after each of ${kills} kill -9 at random moments home %i opens, every acknowledged write is there and nothing is half done`,
  { timeout: 900_000 },
  async (number) => {
    const home = join(folder, `home-${number}`)
    const passwordFile = join(folder, `password-${number}`)
    writeFileSync(passwordFile, 'correct horse battery staple\n', { mode: 0o600 })
    const expected: Expected = {
      items: new Map(),
      inFlight: null,
      decided: new Map(),
      asked: new Set(),
      deciding: null,
    }
    let acknowledged = 0
    for (let round = 0; round <= kills; round += 1) {
      const seed = firstSeed + number * 1000 + round
      const said = `${passwordFile}-${seed}.log`
      const verify = round % verifyEvery === 0 ? 'verify' : '-'
      const run = spawnScript(script, [home, passwordFile, said, String(seed), verify], {
        NODE_COMPILE_CACHE: compiled,
      })
      await run.line((line) => line['event'] === 'open')
      try {
        check(expected, readLines(said)[0] as unknown as Opened)
      } catch (error) {
        run.child.kill('SIGKILL')
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error })
      }
      if (round < kills) await letLive(said)
      run.child.kill('SIGKILL')
      await run.exited
      expect(run.errors()).toBe('')
      const lines = readLines(said)
      rmSync(said)
      learn(expected, lines)
      acknowledged += lines.filter((line) => line['event'] === 'done' || line['event'] === 'decided').length
    }
    // A harness that never gets to write anything would pass everything above.
    expect(acknowledged).toBeGreaterThan(kills * 4)
  },
)
