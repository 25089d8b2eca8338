import { createHash, timingSafeEqual } from 'node:crypto'

const challengeForm = /^[A-Za-z0-9_-]{43}$/
const verifierForm = /^[A-Za-z0-9._~-]{43,128}$/

/** Whether a text can be an S256 challenge: 32 bytes in base64url without padding (RFC 7636, 4.2). */
export function isChallenge(text: string): boolean {
  return challengeForm.test(text)
}

/** Whether a verifier is the one whose SHA-256 was given as the challenge; there is no `plain`. */
export function provesChallenge(verifier: string, challenge: string): boolean {
  if (!verifierForm.test(verifier) || !isChallenge(challenge)) return false
  const hash = createHash('sha256').update(verifier, 'ascii').digest('base64url')
  return timingSafeEqual(Buffer.from(hash), Buffer.from(challenge))
}
