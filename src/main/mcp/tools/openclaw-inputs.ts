import { z } from 'zod'

// The inputs of the bridge people move from, with its limits: text is trimmed, and control characters are refused.

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controlCharacters = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/

/** Free text of at most so many characters (UTF-16 units). */
function text(max: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => !controlCharacters.test(value), 'Control characters are not allowed.')
}

export const MessageInput = text(100_000).describe('What to say to the assistant.')
export const SessionInput = text(256)
  .optional()
  .describe('Any text that names the conversation; messages with the same one belong together.')
export const InstanceInput = text(256)
  .optional()
  .describe('Name of the assistant, from openclaw_instances; not needed when there is only one.')
export const TaskIdInput = text(256).describe('The task_id from openclaw_chat_async.')
