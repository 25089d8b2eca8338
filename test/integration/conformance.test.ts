import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixturePrompts, fixtureResources } from '../support/conformance/prompts-and-resources.ts'
import { taskTools } from '../support/conformance/task-tools.ts'
import { fixtureTools } from '../support/conformance/tools.ts'
import { startKeyProxy } from '../support/key-proxy.ts'
import { type McpCore, startMcpCore } from '../support/mcp.ts'

// The official conformance suite against the real door, with the fixtures it expects behind it. It sends no key, so a
// small proxy adds one. https://github.com/modelcontextprotocol/conformance

type Check = { id: string; status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'; details?: unknown }
type Run = { exitCode: number | null; output: string; checks: ReadonlyMap<string, ReadonlyArray<Check>> }

const suite = dirname(fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/package.json')))
const expectedFailures = namesUnder(
  'server',
  readFileSync(new URL('conformance-expected-failures.yml', import.meta.url), 'utf8'),
)

let core: McpCore
let proxy: Awaited<ReturnType<typeof startKeyProxy>>

beforeAll(async () => {
  proxy = await startKeyProxy()
  core = await startMcpCore({
    limits: { perSecond: 1000, burst: 1000 },
    // The suite shows that a page of the same host may call: here such pages have to be allowed one by one.
    door: { origins: [proxy.origin] },
    taskLimits: { runningPerAssistant: 20 },
    offer: { tools: [...fixtureTools, ...taskTools], prompts: fixturePrompts, resources: fixtureResources },
  })
  proxy.to({ port: core.port, key: core.key().secret })
  const policy = core.policy.get()
  const names = ['test_*', ...taskTools.map(({ name }) => name)]
  const rules = names.map((tool, at) => ({ id: `fixtures-${at}`, then: 'allow' as const, when: { tool } }))
  core.policy.set({ ...policy, rules: [...policy.rules, ...rules] })
})
afterAll(async () => {
  await proxy.close()
  await core.close()
})

describe.each([
  ['2025-11-25', 30],
  ['2026-07-28', 37],
])('the requirements of %s', (revision, count) => {
  const scored = namesUnder('server', readFileSync(join(suite, 'requirements', `${revision}.yaml`), 'utf8'))
  let run: Run

  beforeAll(async () => {
    run = await runSuite(revision)
  })

  test(`are met in all ${count} scored scenarios`, () => {
    expect(scored.length).toBe(count)
    expect(scored.filter((name) => !run.checks.has(name))).toEqual([])
    expect(scored.flatMap((name) => failuresOf(run, name))).toEqual([])
    expect([run.exitCode, run.output.slice(-2000)]).toEqual([0, expect.any(String)])
  })

  test('are not met by an error that looks like an answer', () => {
    const errors = scored.filter((name) => JSON.stringify(run.checks.get(name)).includes('"isError":true'))
    expect(errors).toEqual(['tools-call-error'])
  })

  test('leave no check out of the scored scenarios, but for lists that never change here', () => {
    const skipped = scored.flatMap((name) =>
      (run.checks.get(name) ?? [])
        .filter(({ status }) => status === 'SKIPPED' || status === 'WARNING')
        .map(({ id }) => id),
    )
    const neverChange = [
      'sep-2575-server-sends-prompts-list-changed-on-subscription',
      'sep-2575-server-sends-tools-list-changed-on-subscription',
    ]
    expect(skipped).toEqual(revision === '2026-07-28' ? neverChange : [])
  })

  test('and what is run beside them fails only where the list says why', () => {
    const unscored = [...run.checks.keys()].filter((name) => !scored.includes(name))
    const failing = unscored.filter((name) => failuresOf(run, name).length > 0)
    expect(failing.toSorted()).toEqual(expectedFailures.filter((name) => unscored.includes(name)).toSorted())
  })
})

test('every call of the suite is in the log', async () => {
  await core.audit.flush()
  const { entries } = core.audit.list({ limit: 500, kinds: ['tool.call'] })
  const tools = new Set(entries.map(({ tool }) => tool))
  expect(fixtureTools.map(({ name }) => name).filter((name) => !tools.has(name))).toEqual(['json_schema_2020_12_tool'])
  expect(tools.has('resources/read')).toBe(true)
})

function failuresOf({ checks }: Run, scenario: string): ReadonlyArray<string> {
  const failed = (checks.get(scenario) ?? []).filter(({ status }) => status === 'FAILURE')
  return failed.map(({ id, details }) => `${scenario}: ${id} ${JSON.stringify(details)?.slice(0, 500)}`)
}

function runSuite(revision: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'clawkeep-conformance-'))
  const args = ['server', '--url', `${proxy.origin}/mcp`, '--requirements', revision, '-o', folder]
  const child = spawn(process.execPath, [join(suite, 'dist/index.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      const checks = new Map(
        readdirSync(folder).map((name) => [
          name.replace(/^server-/, '').replace(/-\d{4}-\d{2}-\d{2}T.*$/, ''),
          JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8')) as Check[],
        ]),
      )
      rmSync(folder, { recursive: true, force: true })
      resolve({ exitCode, output, checks })
    })
  })
}

/** The items of one list at the top of a small YAML file. */
function namesUnder(key: string, yaml: string): ReadonlyArray<string> {
  const block = new RegExp(`^${key}:\\n((?:[ \\t]+.*\\n|\\n)*)`, 'm').exec(yaml)?.[1] ?? ''
  return [...block.matchAll(/^\s+- (\S+)$/gm)].map((match) => match[1] ?? '')
}
