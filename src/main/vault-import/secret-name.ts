/** Words in the name of a column or a field whose value nobody should read over a shoulder. */
const secretWords = new RegExp(
  [
    String.raw`\b(?:pass(?:word|phrase|code|key)?s?|passwor[dt]|kennwort|pwd|pw|pin|puk|cvc2?|cvv2?|csc|t?otp|hotp|2fa|mfa)\b`,
    String.raw`\b(?:otp ?(?:secret|url|auth)|secrets?|seed|tokens?|(?:api|private|access|licen[sc]e)? ?keys?|credentials?)\b`,
    String.raw`\b(?:(?:security|verification|recovery|backup|door|access) ?(?:code|answer|number)s?)\b`,
    String.raw`\b(?:(?:card|cc|account|passport|ssn|social security|licen[sc]e) ?(?:number|no)|ssn|iban)\b`,
    String.raw`^(?:code|number)$`,
  ].join('|'),
)

/** Whether a name says that its value is secret: `otpSecret`, `cc_number`, `Security Code`. For what its program marked no other way. */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[_\-.\s]+/g, ' ')
    .trim()
    .toLowerCase()
  return secretWords.test(words)
}
