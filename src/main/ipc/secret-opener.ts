import { AppError } from '../../shared/app-error.ts'
import type { Clock } from '../clock.ts'
import { RateLimit } from '../mcp/limits.ts'
import type { RecentPassword } from './recent-password.ts'
import type { Caller } from './router.ts'

/** More than a person looks at; less than a page in a hostile hand needs to empty the vault unseen. */
const limit = { perSecond: 1, burst: 60 }

/**
 * Lets a secret through: the password was given lately, and not too many were opened in a short time. Throws AppError password_needed,
 * throttled.
 */
export function secretOpener(clock: Clock, recentPassword: RecentPassword): <T>(caller: Caller, open: () => T) => T {
  const opened = new RateLimit(clock, limit)
  return (caller, open) => {
    recentPassword.check(caller)
    const taken = opened.take('person')
    if (taken.ok) return open()
    const { retryAfterMs } = taken
    throw new AppError('throttled', 'Too many secrets were opened in a short time.', {
      hint: `Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
      retryAfterMs,
    })
  }
}
