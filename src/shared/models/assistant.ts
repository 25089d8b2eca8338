import { z } from 'zod'

export const AssistantState = z.enum([
  'stopped',
  'preparing',
  'starting',
  'running',
  'unhealthy',
  'restarting',
  'stopping',
  'failed',
])
export type AssistantState = z.infer<typeof AssistantState>

export const AssistantInput = z.strictObject({
  /** Also the `instance` of the MCP tools. */
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Use 1 to 40 lower-case letters, digits and dashes.'),
  /** `demo` for the demo assistant, else an image reference such as `ghcr.io/openclaw/openclaw:latest`. */
  image: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .regex(/^[a-z0-9][A-Za-z0-9._/:@-]*$/, 'Write an image name such as ghcr.io/openclaw/openclaw:latest.'),
  memoryMiB: z.int().min(128).max(65_536).default(1536),
})
export type AssistantInput = z.infer<typeof AssistantInput>

/** An assistant as the window shows it. */
export const Assistant = z.object({
  id: z.string(),
  name: z.string(),
  image: z.string(),
  memoryMiB: z.number(),
  state: AssistantState,
  /** What went wrong or what is happening, and what to do; null when there is nothing to say. */
  message: z.string().nullable(),
  hint: z.string().nullable(),
  /** Share done of a pull or an image build, 0 to 1; null when it cannot be known or nothing is under way. */
  progress: z.number().nullable(),
  containerId: z.string().nullable(),
  startedAtMs: z.number().nullable(),
  memoryUsedMiB: z.number().nullable(),
  restarts: z.number(),
  exitCode: z.number().nullable(),
  createdAtMs: z.number(),
})
export type Assistant = z.infer<typeof Assistant>

/** Whether containers can run at all. */
export const Engine = z.object({
  state: z.enum(['unknown', 'ready', 'absent', 'stopped', 'no_permission', 'unsupported']),
  version: z.string().nullable(),
  message: z.string(),
  hint: z.string().nullable(),
})
export type Engine = z.infer<typeof Engine>
