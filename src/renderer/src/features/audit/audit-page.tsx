/** Placeholder until built. */
export function AuditPage() {
  return null
}
