/** Placeholder until built. */
export function KeysPage() {
  return null
}
