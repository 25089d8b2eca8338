import { AppError } from '../../shared/app-error.ts'

const unreachable = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EACCES',
  'EPERM',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** True when the engine itself could not be spoken to; what it was asked may or may not have happened. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof AppError
    ? error.code === 'unavailable' && isUnreachable(error.cause)
    : unreachable.has(errorCode(error)) || isTimeout(error)
}

export function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'TimeoutError' ||
      (error.name === 'AbortError' && (error.cause as Error | undefined)?.name === 'TimeoutError'))
  )
}

/** HTTP status of Docker's answer; null when there was none. */
export function engineStatus(error: unknown): number | null {
  const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null
  return typeof status === 'number' ? status : null
}

export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}

/** What Docker said, in one line that can be shown. */
export function engineText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 400)
}

/** Turns what Docker threw into an `AppError`; `doing` completes "Docker could not …". */
export function toEngineError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error
  if (isUnreachable(error)) {
    return new AppError('unavailable', `Docker does not answer: it could not ${doing}.`, {
      hint: 'Start Docker (sudo systemctl start docker); Clawkeep finds it again by itself.',
      cause: error,
    })
  }
  const text = engineText(error)
  if (/no space left on device|disk quota exceeded/i.test(text)) {
    return new AppError('disk_full', `Docker could not ${doing}: its disk is full.`, {
      hint: 'Make room, for example with: docker system prune',
      cause: error,
    })
  }
  if (
    /executable file not found|no such file or directory/i.test(text) &&
    /"?node"?/.test(text) &&
    /start/.test(doing)
  ) {
    return new AppError('unavailable', 'This image has no Node.js in it, which the hatch inside the container needs.', {
      hint: 'Use an image with Node.js 18 or newer, such as ghcr.io/openclaw/openclaw:latest.',
      cause: error,
    })
  }
  if (engineStatus(error) === 409)
    return new AppError('conflict', `Docker could not ${doing}: ${text}`, { hint: 'Try again.', cause: error })
  return new AppError('unavailable', `Docker could not ${doing}: ${text}`, {
    hint: 'Docker’s own log says more (journalctl -u docker).',
    cause: error,
  })
}

/** Turns a failed pull into words: unknown name, no way to the registry, no room. */
export function toPullError(error: unknown, image: string): AppError {
  if (error instanceof AppError) return error
  if (isUnreachable(error)) return toEngineError(error, `pull ${image}`)
  const text = engineText(error)
  if (/no space left|disk quota/i.test(text)) return toEngineError(error, `pull ${image}`)
  if (/unauthorized|authentication required|no basic auth/i.test(text)) {
    return new AppError('unavailable', `The registry wants a login for ${image}.`, {
      hint: `Run: docker login, docker pull ${image}; then start the assistant again.`,
      cause: error,
    })
  }
  if (
    /dial tcp|lookup |no such host|i\/o timeout|connection refused|network is unreachable|deadline exceeded|TLS handshake|Client\.Timeout|proxyconnect/i.test(
      text,
    )
  ) {
    return new AppError('unavailable', `The registry of ${image} cannot be reached.`, {
      hint: 'Check the connection to the internet, then start the assistant again. An image that is already on this computer needs no registry.',
      cause: error,
    })
  }
  if (
    engineStatus(error) === 404 ||
    /not found|manifest unknown|pull access denied|does not exist|denied/i.test(text)
  ) {
    return new AppError('not_found', `There is no image ${image}, or it is not public.`, {
      hint: 'Check its name and tag, then create the assistant again.',
      cause: error,
    })
  }
  return new AppError('unavailable', `${image} could not be pulled: ${text}`, {
    hint: 'Start the assistant again to try once more.',
    cause: error,
  })
}
