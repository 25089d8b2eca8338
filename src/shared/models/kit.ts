import { z } from 'zod'

/** The sheet a recovery kit is printed on. */
export const Paper = z.enum(['a4', 'letter'])
export type Paper = z.infer<typeof Paper>
