import { Secret } from 'otpauth'

/** The seed of an entry, and the fields that are wholly in it. */
export type KdbxOtp = { readonly totp: string; readonly used: ReadonlySet<string> }

/** The encodings of KeePass 2.47, by the name of their field (https://keepass.info/help/base/placeholders.html#otp). */
const encodings: ReadonlyArray<readonly [string, (text: string) => string | null]> = [
  ['TimeOtp-Secret-Base32', (text) => text],
  ['TimeOtp-Secret', (text) => Secret.fromUTF8(text).base32],
  ['TimeOtp-Secret-Hex', (text) => ofHex(text.replaceAll(/\s/g, ''))],
  ['TimeOtp-Secret-Base64', (text) => ofBase64(text.replaceAll(/\s/g, ''))],
]

/** A field in which a program keeps a seed, also when it did not protect it. */
export function isSeedField(name: string): boolean {
  return /^(otp|totp seed|(time|hmac)otp-secret(-.*)?)$/i.test(name)
}

/**
 * The seed as an otpauth URI or in base32; '' none. KeePassXC writes `otp`; older plug-ins `TOTP Seed` and `TOTP Settings`
 * (`period;digits`); KeePass 2.47 `TimeOtp-…`. Of several the first is taken; what is not used stays a field.
 */
export function otpOf(texts: ReadonlyMap<string, string>): KdbxOtp {
  const text = (name: string): string => texts.get(name) ?? ''
  if (text('otp') !== '') return { totp: text('otp'), used: new Set(['otp']) }
  if (text('TOTP Seed') !== '') return ofPlugin(text('TOTP Seed'), text('TOTP Settings'))
  for (const [name, decode] of encodings) {
    const written = text(name)
    const seed = written === '' ? null : decode(written)
    if (seed !== null) return ofKeePass(name, seed, texts)
  }
  return { totp: '', used: new Set() }
}

function ofPlugin(seed: string, settings: string): KdbxOtp {
  const [, period, digits] = /^(\w+);(\w+)$/.exec(settings) ?? []
  if (period === undefined || digits === undefined) return { totp: uri(seed, {}), used: new Set(['TOTP Seed']) }
  return { totp: uri(seed, { period, digits }), used: new Set(['TOTP Seed', 'TOTP Settings']) }
}

function ofKeePass(name: string, seed: string, texts: ReadonlyMap<string, string>): KdbxOtp {
  const used = new Set([name])
  const query: Record<string, string> = {}
  for (const [setting, field] of [
    ['period', 'TimeOtp-Period'],
    ['digits', 'TimeOtp-Length'],
    ['algorithm', 'TimeOtp-Algorithm'],
  ] as const) {
    const value = (texts.get(field) ?? '').replace(/^HMAC-/, '').replaceAll('-', '')
    if (!/^[A-Za-z0-9]+$/.test(value)) continue
    query[setting] = value
    used.add(field)
  }
  return { totp: uri(seed, query), used }
}

function ofHex(text: string): string | null {
  return /^([0-9a-f]{2})+$/i.test(text) ? Secret.fromHex(text).base32 : null
}

function ofBase64(text: string): string | null {
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
  return isBase64 ? ofHex(Buffer.from(text, 'base64').toString('hex')) : null
}

function uri(seed: string, more: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({ secret: seed.replaceAll(/\s/g, ''), ...more })
  return `otpauth://totp/imported?${query.toString()}`
}
