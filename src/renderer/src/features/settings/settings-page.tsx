/** Placeholder until built. */
export function SettingsPage() {
  return null
}
