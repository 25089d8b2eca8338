import { z } from 'zod'

/** Nothing is given; JSON knows no undefined. */
export const none = z
  .undefined()
  .or(z.null())
  .transform(() => undefined)
/** Nothing comes back. */
export const done = z.null()
/** What the route is about, by its id. */
export const byId = z.strictObject({ id: z.string().min(1).max(100) })
