export function CommandPalette(_: { status: unknown; onClose: () => void; onLock: () => void }) {
  return null
}
