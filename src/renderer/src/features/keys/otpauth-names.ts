/**
 * Whose codes an `otpauth://totp/Issuer:account?…` address makes (Key URI Format of Google Authenticator); null: it is no such address.
 * The core reads the seed; this only saves typing.
 */
export function otpauthNames(text: string): { readonly issuer: string; readonly account: string } | null {
  const address = text.trim()
  if (!/^otpauth:\/\/totp\//i.test(address) || !URL.canParse(address)) return null
  const { pathname, searchParams } = new URL(address)
  const label = decoded(pathname.slice(pathname.lastIndexOf('/') + 1))
  const at = label.indexOf(':')
  const given = searchParams.get('issuer') ?? ''
  return {
    issuer: tidy(given === '' ? label.slice(0, Math.max(0, at)) : given),
    account: tidy(label.slice(at + 1)),
  }
}

function decoded(label: string): string {
  try {
    return decodeURIComponent(label)
  } catch {
    return ''
  }
}

/** As a name may be: no braces, nothing invisible. */
function tidy(name: string): string {
  return name
    .replace(/[{}\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, 200)
}
