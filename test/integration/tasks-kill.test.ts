import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { messageOf } from '../support/http.ts'
import { callsTo } from '../support/mcp-calls.ts'
import { startMcpCore } from '../support/mcp.ts'
import { repoRoot, spawnScript } from '../support/spawn-core.ts'

type Seen = { id: string; state: string; characters: number }
type Listed = { task_id: string; status: string; partial_result?: string; error?: { code: string } }

function seenIn(line: Record<string, unknown> | undefined): ReadonlyArray<Seen> {
  return (line?.['tasks'] ?? []) as ReadonlyArray<Seen>
}

test('killed while tasks run: they are interrupted with what was saved, the waiting one runs, and the same key sees them', async () => {
  const home = mkdtempSync(join(tmpdir(), 'clawkeep-tasks-'))
  try {
    const running = spawnScript(join(repoRoot, 'test/support/tasks-until-killed.ts'), [home])
    const { secret } = (await running.line((line) => line['event'] === 'key')) as { secret: string }
    const talks = (line: Record<string, unknown>): boolean =>
      seenIn(line).filter((task) => task.state === 'running' && task.characters > 200).length === 2
    await running.line(talks)
    running.child.kill('SIGKILL')
    await running.exited
    const before = seenIn(running.lines.at(-1))
    expect(before.map(({ state }) => state).toSorted()).toEqual(['queued', 'running', 'running'])

    const core = await startMcpCore({ home })
    try {
      const { call } = callsTo(core)
      const look = async (task_id: string): Promise<Listed> =>
        messageOf(await call(secret, 'openclaw_task_status', { task_id })).result?.['structuredContent'] as Listed
      for (const { id, state, characters } of before) {
        if (state !== 'running') continue
        const task = await look(id)
        expect(task).toMatchObject({ status: 'failed', error: { code: 'interrupted' } })
        // Saved every 50 ms, a word of 5 every 10 ms: little is lost.
        expect(task.partial_result?.length).toBeGreaterThan(characters - 150)
      }
      const waiting = before.find(({ state }) => state === 'queued')?.id ?? ''
      await expect.poll(async () => (await look(waiting)).status).toBe('running')
      expect(core.assistant.chats).toHaveLength(1)
    } finally {
      await core.close()
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
