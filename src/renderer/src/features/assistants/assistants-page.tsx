/** Placeholder until built. */
export function AssistantsPage() {
  return null
}
