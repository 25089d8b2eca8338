import { TOTP, URI } from 'otpauth'
import { AppError } from '../../shared/app-error.ts'
import type { TotpCode } from '../../shared/models/item.ts'

/** RFC 6238, section 1.2; the library would take more. */
const algorithms: ReadonlyArray<string> = ['SHA1', 'SHA256', 'SHA512']
const mostDigits = 10
const longestPeriodSeconds = 3_600
const base32 = /^[A-Z2-7]+=*$/i

/**
 * The otpauth address of what a person typed or an importer found: an address, or a bare base32 seed, with or without spaces, for
 * codes of six digits every 30 s. Throws AppError invalid; the text never stands in it.
 */
export function readTotp(text: string): string {
  const seed = text.replace(/[\s-]/g, '')
  return (base32.test(seed) ? fromSeed(seed) : fromAddress(text)).toString()
}

/** The code of a moment. `uri` comes from `readTotp`. */
export function codeAt(uri: string, nowMs: number): TotpCode {
  const totp = fromAddress(uri)
  const periodMs = totp.period * 1_000
  const validUntilMs = (Math.floor(nowMs / periodMs) + 1) * periodMs
  return {
    code: totp.generate({ timestamp: nowMs }),
    periodSeconds: totp.period,
    validUntilMs,
    secondsLeft: Math.ceil((validUntilMs - nowMs) / 1_000),
  }
}

function fromSeed(seed: string): TOTP {
  try {
    return checked(new TOTP({ secret: seed.toUpperCase(), label: 'Clawkeep' }))
  } catch (error) {
    throw wrong(error)
  }
}

function fromAddress(text: string): TOTP {
  try {
    const parsed = URI.parse(text)
    if (parsed instanceof TOTP) return checked(parsed)
  } catch (error) {
    throw wrong(error)
  }
  throw new AppError('invalid', 'Codes that count (HOTP) are not supported, only those that follow the time.', {
    hint: 'Set the account up again with time-based codes.',
  })
}

function checked(totp: TOTP): TOTP {
  const { algorithm, digits, period, secret } = totp
  const fits =
    algorithms.includes(algorithm) &&
    digits >= 6 &&
    digits <= mostDigits &&
    period >= 1 &&
    period <= longestPeriodSeconds &&
    secret.bytes.length > 0
  if (fits) return totp
  throw wrong(undefined)
}

/** The library's own words may repeat the seed. */
function wrong(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError('invalid', 'This is not an otpauth address for time-based codes, nor a base32 seed.', {
    hint: 'Copy the address or the seed again from the page that set up the codes.',
  })
}
