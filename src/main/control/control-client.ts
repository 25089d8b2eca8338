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

/** One call to a running core; null when none listens at the address. Starting a container may take minutes, so it waits. */
export function callRunningCore(
  address: string,
  call: { route: string; input: unknown; password?: string | undefined },
): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: address, path: '/call', method: 'POST' }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
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
    outgoing.end(JSON.stringify(call))
  })
}

function broken(): AppError {
  return new AppError('unavailable', 'The running Clawkeep did not answer.', {
    hint: 'See whether it is still running, then try again.',
  })
}
