import { AppError } from '../../shared/app-error.ts'
import type { SecretUse } from '../../shared/models/approval.ts'
import type { HttpRequestInput } from './broker.ts'
import { escapeFor, fillBytes } from './placeholders.ts'
import { redactionOf, type Redaction } from './redact.ts'
import { checkHeader, type Header } from './request-shape.ts'

/** A request with the secrets in, and what takes them out of the answer. */
export type Filled = {
  readonly request: { readonly method: string; readonly headers: ReadonlyArray<Header>; readonly body: Buffer | null }
  readonly redactions: ReadonlyArray<Redaction>
}

/** Puts the secrets in the places that were shown, and only there. Secrets go by item, not by name: a name can be given to another item. */
export function fill(
  { method, headers, body }: HttpRequestInput,
  uses: ReadonlyArray<SecretUse>,
  useSecret: <T>(itemId: string, use: (secret: string) => T) => T,
): Filled {
  const items = new Map(uses.map((use) => [use.name, use.itemId]))
  const escape = escapeFor(headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '')
  const redactions = [...items].map(([name, itemId]) =>
    useSecret(itemId, (secret) => redactionOf(name, secret, escape(secret))),
  )
  const valueOf = (name: string, written: (secret: string) => string): Buffer => {
    const itemId = items.get(name)
    if (itemId === undefined)
      throw new AppError('refused', `There is no item named “${name.slice(0, 200)}” that you can use.`)
    return useSecret(itemId, (secret) => Buffer.from(written(secret)))
  }
  const filledHeaders = headers.map(({ name, value }) => {
    const bytes = fillBytes(Buffer.from(value, 'latin1'), (secretName) => valueOf(secretName, (secret) => secret))
    const filled = bytes.toString('latin1')
    if (filled !== value) checkFilled(name, filled)
    return { name, value: filled }
  })
  const filledBody = body === null ? null : fillBytes(body, (name) => valueOf(name, escape))
  return { request: { method, headers: filledHeaders, body: filledBody }, redactions }
}

function checkFilled(name: string, value: string): void {
  try {
    checkHeader(name, value)
  } catch {
    throw new AppError('refused', `The secret for the header ${name} holds characters that a header cannot carry.`, {
      hint: 'The person can edit the item in Clawkeep: often a line break was pasted with the secret.',
    })
  }
}
