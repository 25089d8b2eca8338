import { describe, expect, it } from 'vitest'
import { codeAt, readTotp } from '../../../src/main/vault/totp.ts'
import { AppError } from '../../../src/shared/app-error.ts'
import { codeOf } from '../../support/error-code.ts'

/** RFC 6238, appendix B: seeds in base32 (of 20, 32 and 64 bytes, as the reference code and erratum 2866 have them). */
const seeds = {
  SHA1: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  SHA256: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA',
  SHA512: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA',
} as const

const vectors: ReadonlyArray<readonly [seconds: number, sha1: string, sha256: string, sha512: string]> = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
]

describe('one-time codes', () => {
  it.each(vectors)('at %i s are those of RFC 6238, appendix B', (seconds, ...expected) => {
    const codes = Object.entries(seeds).map(([algorithm, seed]) => {
      const uri = readTotp(`otpauth://totp/RFC:6238?secret=${seed}&algorithm=${algorithm}&digits=8&period=30`)
      return codeAt(uri, seconds * 1_000).code
    })
    expect(codes).toEqual(expected)
  })

  it('say how long they are valid', () => {
    const uri = readTotp(`otpauth://totp/a?secret=${seeds.SHA1}&period=60`)
    expect(codeAt(uri, 60_000)).toMatchObject({ periodSeconds: 60, validUntilMs: 120_000, secondsLeft: 60 })
    expect(codeAt(uri, 119_999)).toMatchObject({ validUntilMs: 120_000, secondsLeft: 1 })
    expect(codeAt(uri, 119_999).code).toBe(codeAt(uri, 60_000).code)
    expect(codeAt(uri, 120_000).code).not.toBe(codeAt(uri, 119_999).code)
  })

  it.each([
    ['spaces', 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ'],
    ['dashes and small letters', 'gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq'],
    ['padding', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ===='],
  ])('take a seed with %s for six digits every 30 s', (_name, seed) => {
    expect(codeAt(readTotp(seed), 59_000)).toMatchObject({ code: '287082', periodSeconds: 30 })
  })

  it('keep issuer, account, digits and period of an address', () => {
    const uri = new URL(
      readTotp('otpauth://totp/ACME%20Co:ada@example.com?secret=GEZDGNBV&issuer=ACME%20Co&digits=7&period=45'),
    )
    expect(Object.fromEntries(uri.searchParams)).toMatchObject({ issuer: 'ACME Co', digits: '7', period: '45' })
    expect(decodeURIComponent(uri.pathname)).toContain('ada@example.com')
  })

  it.each([
    ['nothing', ''],
    ['letters that are not base32', 'hunter2!'],
    ['an address without a seed', 'otpauth://totp/a'],
    ['an empty seed', 'otpauth://totp/a?secret='],
    ['codes that count', 'otpauth://hotp/a?secret=GEZDGNBV&counter=0'],
    ['another scheme', 'https://example.com/?secret=GEZDGNBV'],
    ['an algorithm that RFC 6238 does not have', 'otpauth://totp/a?secret=GEZDGNBV&algorithm=MD5'],
    ['five digits', 'otpauth://totp/a?secret=GEZDGNBV&digits=5'],
    ['a thousand digits', 'otpauth://totp/a?secret=GEZDGNBV&digits=1000'],
    ['a period of nothing', 'otpauth://totp/a?secret=GEZDGNBV&period=0'],
    ['a period of a year', 'otpauth://totp/a?secret=GEZDGNBV&period=31536000'],
  ])('are refused for %s, and the text is not repeated', (_name, text) => {
    expect(codeOf(() => readTotp(text))).toBe('invalid')
    try {
      readTotp(text)
    } catch (error) {
      expect(error instanceof AppError ? `${error.message} ${error.hint}` : text).not.toMatch(/GEZDGNBV|hunter2/)
    }
  })
})
