/** Placeholder until built. */
export function ClientsPage() {
  return null
}
