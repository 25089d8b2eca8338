import { z } from 'zod'
import type { Assistant } from '../../../shared/models/assistant.ts'
import type { ChatMessage, OpenChat } from '../../assistants/openclaw/client.ts'
import { toolIcons } from '../icons.ts'
import { type Tool, type ToolCall, defineTool } from '../tool.ts'
import { InstanceInput, MessageInput, SessionInput } from './openclaw-inputs.ts'
import { pickAssistant } from './pick-assistant.ts'

type ChatSupervisor = {
  list(): ReadonlyArray<Assistant>
  openChat(id: string, message: ChatMessage): OpenChat
}

/** Progress is sent at most this often: a fast model writes hundreds of pieces per second. */
const progressEveryMs = 100
/** And at least this often: clients give up a call that is silent for 30 to 60 s, and an assistant may think for minutes. */
const aliveEveryMs = 10_000
/** Progress must grow with every message (MCP, progress); this is too little to be taken for a character. */
const aliveStep = 0.001

export function openclawChat(supervisor: ChatSupervisor): Tool {
  return defineTool({
    name: 'openclaw_chat',
    title: 'Talk to an assistant',
    description:
      "Sends one message to an assistant that runs in its own container on this computer, and waits for its whole answer. It can take minutes; progress is streamed, with the number of characters so far. Pass the same session_id again to continue a conversation. For work that takes longer than you can wait, use openclaw_chat_async. The assistant may need the person's approval for what it does; it will say so in its answer.",
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    icons: toolIcons.chat,
    scope: 'openclaw:write',
    input: z.strictObject({ message: MessageInput, session_id: SessionInput, instance: InstanceInput }),
    output: z.object({ instance: z.string(), text: z.string(), session_id: z.string().optional() }),
    text: (output) => output.text,
    task: ({ message, session_id, instance }) => {
      const assistant = pickAssistant(supervisor.list(), instance)
      const session = session_id === undefined ? {} : { session_id }
      return {
        assistantId: assistant.id,
        instance: assistant.name,
        sessionId: session_id ?? null,
        args: { message, ...session, instance: assistant.name },
      }
    },
    plan: ({ message, session_id, instance }, call) => {
      let opened: { readonly assistant: Assistant; readonly chat: OpenChat } | null = null
      const open = (): NonNullable<typeof opened> => {
        const assistant = pickAssistant(supervisor.list(), instance)
        // Two clients that use the same word for a conversation do not share it.
        const session = session_id === undefined ? {} : { sessionId: `${call.client.id}:${session_id}` }
        return { assistant, chat: supervisor.openChat(assistant.id, { message, ...session }) }
      }
      return {
        prepare: () => {
          opened = open()
        },
        run: async (op) => {
          const { assistant, chat } = (opened ??= open())
          op.note({ target: assistant.id })
          const streamed = streamProgress(call, assistant.name)
          try {
            const { text } = await chat.run({ signal: call.signal, onDelta: streamed.add })
            return { instance: assistant.name, text, ...(session_id === undefined ? {} : { session_id }) }
          } finally {
            streamed.end()
          }
        },
        onEnd: () => opened?.chat.drop(),
      }
    },
  })
}

/** Gathers pieces of text and tells the client what is new and how many characters there are so far. */
function streamProgress(
  { progress, output }: ToolCall,
  name: string,
): { add: (text: string) => void; end: () => void } {
  if (progress === undefined) return { add: (text) => output?.(text), end: () => undefined }
  let characters = 0
  let told = 0
  let unsent = ''
  let timer: NodeJS.Timeout | null = null
  const send = (): void => {
    timer = null
    if (unsent === '') return
    const message = unsent
    unsent = ''
    told = characters
    progress(message, told)
    alive.refresh()
  }
  const alive = setInterval(() => {
    told += aliveStep
    progress(`${name} is at work; ${characters} characters so far.`, told)
  }, aliveEveryMs)
  return {
    add: (text) => {
      characters += text.length
      unsent += text
      output?.(text)
      timer ??= setTimeout(send, progressEveryMs)
    },
    end: () => {
      clearInterval(alive)
      if (timer !== null) clearTimeout(timer)
      send()
    },
  }
}
