import type { Page } from '@playwright/test'
import { z } from 'zod'
import type { RouteInput, RouteName, RouteOutput } from '../../../src/shared/ipc/contract.ts'

const Answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string() }) }),
])

/** Asks the main process through the page's own bridge, for what a test needs to be there. Throws when it is refused. */
export async function ask<R extends RouteName>(page: Page, route: R, input: RouteInput<R>): Promise<RouteOutput<R>> {
  const answer = Answer.parse(
    await page.evaluate(
      ([name, value]) =>
        (
          globalThis as unknown as { clawkeep: { request(route: string, input: unknown): Promise<unknown> } }
        ).clawkeep.request(name, value),
      [route, input ?? null] as const,
    ),
  )
  if (!answer.ok) throw new Error(`${route}: ${answer.error.code}: ${answer.error.message}`)
  return answer.value as RouteOutput<R>
}
