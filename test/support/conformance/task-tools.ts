import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../../src/shared/app-error.ts'
import type { Tool, ToolCall, ToolOutput } from '../../../src/main/mcp/tool.ts'

type Run = (args: Record<string, unknown>, call: ToolCall) => Promise<ToolOutput>

/** The tools that the scenarios about the tasks extension call by name; all but `greet` go on as a task. */
export const taskTools: ReadonlyArray<Tool> = [
  fixture('greet', async ({ name }) => text(`Hello, ${String(name)}!`), false),
  fixture('slow_compute', async ({ seconds }, call) => {
    await wait(Number(seconds ?? 0) * 1000, undefined, { signal: call.signal })
    return text('It is computed.')
  }),
  fixture('failing_job', async (_args, call) => {
    await wait(500, undefined, { signal: call.signal })
    throw new AppError('unavailable', 'The job failed.')
  }),
  fixture('protocol_error_job', async () => {
    throw new Error('A fault of the server itself')
  }),
]

function fixture(name: string, run: Run, isTask = true): Tool {
  const definition = {
    name,
    description: `A fixture of the conformance suite: ${name}.`,
    inputSchema: { type: 'object' as const, properties: {} },
  }
  return {
    name,
    scope: null,
    definition,
    definitionHash: createHash('sha256').update(JSON.stringify(definition)).digest('hex'),
    parse: (args) => (args ?? {}) as Record<string, unknown>,
    plan: (args, call) => ({ run: () => run(args, call) }),
    ...(isTask ? { task: (args) => ({ assistantId: null, instance: null, sessionId: null, args }) } : {}),
  }
}

function text(value: string): ToolOutput {
  return { content: [{ type: 'text', text: value }] }
}
