import { z } from 'zod'

// The parts of Docker's answers (Engine API 1.41 and newer) that Clawkeep relies on. Everything else is dropped.

const Labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((labels) => labels ?? {})
const Words = z
  .array(z.string())
  .nullish()
  .transform((words) => words ?? [])

export const VersionAnswer = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  Os: z.string(),
  Platform: z.object({ Name: z.string() }).partial().nullish(),
})

export const ImageAnswer = z.object({
  Id: z.string(),
  Os: z.string(),
  Config: z.object({ Entrypoint: Words, Cmd: Words, Labels }).nullish(),
})

export const ContainerAnswer = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({ Running: z.boolean(), ExitCode: z.int(), OOMKilled: z.boolean() }),
  Config: z.object({ Labels }),
})

export const ContainerListAnswer = z.array(z.object({ Id: z.string(), Names: Words, State: z.string(), Labels }))

export const CreatedAnswer = z.object({ Id: z.string() })

export const WaitAnswer = z.object({ StatusCode: z.int() })

export const VolumeAnswer = z.object({ Name: z.string(), Labels })

export const StatsAnswer = z.object({
  memory_stats: z.object({
    usage: z.number().optional(),
    stats: z.record(z.string(), z.number()).optional(),
  }),
})

/** One line of a pull's or import's progress. */
export const ProgressLine = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  error: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).optional(),
})
export type ProgressLine = z.infer<typeof ProgressLine>
