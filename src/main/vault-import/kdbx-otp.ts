/** The fields in which programs keep a seed for one-time codes beside an entry. */
export const otpFields: ReadonlySet<string> = new Set([
  'otp',
  'TOTP Seed',
  'TOTP Settings',
  'TimeOtp-Secret-Base32',
  'TimeOtp-Length',
  'TimeOtp-Period',
  'TimeOtp-Algorithm',
])

/**
 * The seed as an otpauth URI or in base32; '' none. KeePassXC writes `otp`; older plug-ins `TOTP Seed` and `TOTP Settings`
 * (`period;digits`); KeePass 2.47 `TimeOtp-…` (https://keepass.info/help/base/placeholders.html#otp).
 */
export function otpOf(texts: ReadonlyMap<string, string>): string {
  const text = (name: string): string => texts.get(name) ?? ''
  if (text('otp') !== '') return text('otp')
  if (text('TOTP Seed') !== '') {
    const [period = '', digits = ''] = text('TOTP Settings').split(';')
    return uri(text('TOTP Seed'), { period, digits, algorithm: '' })
  }
  if (text('TimeOtp-Secret-Base32') === '') return ''
  return uri(text('TimeOtp-Secret-Base32'), {
    period: text('TimeOtp-Period'),
    digits: text('TimeOtp-Length'),
    algorithm: text('TimeOtp-Algorithm')
      .replace(/^HMAC-/, '')
      .replaceAll('-', ''),
  })
}

function uri(seed: string, more: Readonly<Record<'period' | 'digits' | 'algorithm', string>>): string {
  const query = new URLSearchParams({ secret: seed.replaceAll(/\s/g, '') })
  for (const [name, value] of Object.entries(more)) if (/^[A-Za-z0-9]+$/.test(value)) query.set(name, value)
  return `otpauth://totp/imported?${query.toString()}`
}
