import { createAuthority } from '../../src/main/assistants/certificate-authority.ts'

/**
 * A certificate for one host, signed by an authority made for it: all PEM. Nothing but a test that is given `ca` trusts it.
 */
export function makeCertificate(host = 'localhost'): { ca: string; cert: string; key: string } {
  const authority = createAuthority('Clawkeep test authority')
  return { ca: authority.certificatePem, ...authority.leafFor(host) }
}
