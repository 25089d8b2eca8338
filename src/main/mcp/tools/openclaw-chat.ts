import { z } from 'zod'
import type { Assistant } from '../../../shared/models/assistant.ts'
import { type Tool, type ToolCall, defineTool } from '../tool.ts'
import { pickAssistant } from './pick-assistant.ts'

type ChatSupervisor = {
  list(): ReadonlyArray<Assistant>
  chat(
    id: string,
    request: { message: string; sessionId?: string; signal: AbortSignal; onDelta: (text: string) => void },
  ): Promise<{ text: string }>
}

/** Progress is sent at most this often: a fast model writes hundreds of pieces per second. */
const progressEveryMs = 100

export function openclawChat(supervisor: ChatSupervisor): Tool {
  return defineTool({
    name: 'openclaw_chat',
    title: 'Talk to an assistant',
    description:
      "Sends one message to an assistant that runs in its own container on this computer, and waits for its whole answer. It can take minutes; progress is streamed. Pass the same session_id again to continue a conversation. The assistant may need the person's approval for what it does; it will say so in its answer.",
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    scope: 'openclaw:write',
    input: z.strictObject({
      message: z.string().min(1).max(100_000).describe('What to say to the assistant.'),
      session_id: z
        .string()
        .min(1)
        .max(256)
        .optional()
        .describe('Any text that names the conversation; messages with the same one belong together.'),
      instance: z
        .string()
        .min(1)
        .max(256)
        .optional()
        .describe('Name of the assistant, from openclaw_instances; not needed when there is only one.'),
    }),
    output: z.object({ instance: z.string(), text: z.string(), session_id: z.string().optional() }),
    text: (output) => output.text,
    plan: ({ message, session_id, instance }, call) => ({
      run: async (op) => {
        const assistant = pickAssistant(supervisor.list(), instance)
        op.note({ target: assistant.id })
        const streamed = streamProgress(call)
        try {
          const { text } = await supervisor.chat(assistant.id, {
            message,
            // Two clients that use the same word for a conversation do not share it.
            ...(session_id === undefined ? {} : { sessionId: `${call.client.id}:${session_id}` }),
            signal: call.signal,
            onDelta: streamed.add,
          })
          return { instance: assistant.name, text, ...(session_id === undefined ? {} : { session_id }) }
        } finally {
          streamed.end()
        }
      },
    }),
  })
}

/** Gathers pieces of text and tells the client what is new and how many characters there are so far. */
function streamProgress(call: ToolCall): { add: (text: string) => void; end: () => void } {
  let characters = 0
  let unsent = ''
  let timer: NodeJS.Timeout | null = null
  const send = (): void => {
    timer = null
    if (unsent === '') return
    const message = unsent
    unsent = ''
    call.progress(message, characters)
  }
  return {
    add: (text) => {
      characters += text.length
      unsent += text
      timer ??= setTimeout(send, progressEveryMs)
    },
    end: () => {
      if (timer !== null) clearTimeout(timer)
      send()
    },
  }
}
