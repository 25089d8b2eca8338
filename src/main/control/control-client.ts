import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { z } from 'zod'
import { AppError, errorCodes } from '../../shared/app-error.ts'
import type { Answer } from '../ipc/router.ts'

const Wire = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error: z.object({
      code: z.enum(errorCodes),
      message: z.string(),
      hint: z.string().exactOptional(),
      retryAfterMs: z.number().exactOptional(),
    }),
  }),
])

/** One call to a running core; null when none listens at the address. `signal` has the core stop what it began. Starting a container may take minutes, so it waits. */
export function callRunningCore(
  address: string,
  call: { route: string; input: unknown; password?: string | undefined },
  signal?: AbortSignal,
): Promise<Answer | null> {
  const id = randomUUID()
  const cancel = (): void => sendCancel(address, id)
  signal?.addEventListener('abort', cancel, { once: true })
  return postCall(address, { ...call, id }).finally(() => signal?.removeEventListener('abort', cancel))
}

/**
 * The same for a question that is answered at once: null also when no answer came in time, from a core that is stopped in its
 * tracks, and when the connection broke, as it does at a core that ends. No connection is left, which would keep this process.
 * `signal` ends the waiting.
 */
export async function askRunningCore(
  address: string,
  call: { route: string; input: unknown },
  withinMs: number,
  signal?: AbortSignal,
): Promise<Answer | null> {
  const timeout = AbortSignal.timeout(withinMs)
  try {
    return await postCall(address, call, signal === undefined ? timeout : AbortSignal.any([signal, timeout]))
  } catch (error) {
    if (error instanceof AppError && error.code === 'unavailable') return null
    throw error
  }
}

/** `patience` ends the connection. */
function postCall(address: string, body: object, patience?: AbortSignal): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const target = { socketPath: address, path: '/call', method: 'POST', signal: patience }
    const outgoing = request(target, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => reject(broken()))
      response.on('end', () => {
        try {
          resolve(Wire.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))))
        } catch {
          reject(broken())
        }
      })
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // ENOTDIR: the home is a file, which opening it will tell.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR') return resolve(null)
      if (error.code === 'EACCES') {
        return reject(
          new AppError('no_permission', 'Clawkeep runs as another user.', { hint: 'Use the same user account.' }),
        )
      }
      return reject(broken())
    })
    outgoing.end(JSON.stringify(body))
  })
}

/** The answer to the call itself says what became of it. */
function sendCancel(address: string, id: string): void {
  const outgoing = request({ socketPath: address, path: '/cancel', method: 'POST' }, (response) => response.resume())
  outgoing.on('error', () => undefined)
  outgoing.end(JSON.stringify({ id }))
}

function broken(): AppError {
  return new AppError('unavailable', 'The running Clawkeep did not answer.', {
    hint: 'See whether it is still running, then try again.',
  })
}
