import type { ErrorCode } from '../../shared/app-error.ts'

/** 0 ok, 1 failed, 2 usage, 3 locked or wrong password, 4 not found, 5 refused. */
export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'invalid':
      return 2
    case 'locked':
    case 'wrong_password':
    case 'password_needed':
    case 'throttled':
      return 3
    case 'not_found':
      return 4
    case 'refused':
    case 'forbidden_scope':
    case 'rolled_back':
    case 'unauthorized':
      return 5
    case 'conflict':
    case 'in_use':
    case 'damaged':
    case 'too_new':
    case 'read_only':
    case 'disk_full':
    case 'no_permission':
    case 'unavailable':
    case 'timeout':
    case 'cancelled':
    case 'too_large':
    case 'audit_failed':
    case 'internal':
      return 1
  }
}
