/**
 * Run by tasks-kill.test.ts in a process of its own: a core whose client gives three tasks to an assistant that takes two at
 * a time and never stops talking. Prints the key first, then the tasks as they are, until it is killed. Argument: the home.
 */
import { startMcpCore } from './mcp.ts'

const [home = ''] = process.argv.slice(2)
const core = await startMcpCore({ home, taskLimits: { saveEveryMs: 50 } })
const { key, secret } = core.key()
core.assistant.wordMs = 10
for (let at = 0; at < 3; at++) {
  core.tasks.create({
    client: { kind: 'key', ...key },
    tool: 'openclaw_chat',
    args: { message: 'word '.repeat(10_000), instance: 'demo' },
    assistantId: 'ast_loopback',
    instance: 'demo',
    sessionId: null,
    priority: 0,
  })
}
console.log(JSON.stringify({ event: 'key', id: key.id, secret }))
for (;;) {
  const tasks = core.tasks.list(key.id).map(({ id, state, text }) => ({ id, state, characters: text.length }))
  console.log(JSON.stringify({ event: 'tasks', tasks }))
  await new Promise((resolve) => setTimeout(resolve, 20))
}
