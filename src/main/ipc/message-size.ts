/** Most characters, and most values, that one request of the window may hold. The largest real one is an item's notes or a policy. */
export const maxRequestChars = 1024 * 1024
const maxValues = 50_000
const maxDepth = 20

/**
 * Says whether an IPC input is plain JSON-like data of bounded size, before anything parses it.
 * Structured clone also carries Map, typed arrays, shared buffers and cycles; no route takes those, and walking them could
 * be made endless or huge.
 */
export function isPlainAndSmall(input: unknown, maxChars: number = maxRequestChars): boolean {
  const budget = { chars: maxChars, values: maxValues }
  return fits(input, 0, budget)
}

function fits(value: unknown, depth: number, budget: { chars: number; values: number }): boolean {
  budget.values -= 1
  if (budget.values < 0 || depth > maxDepth) return false
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
    case 'number':
      return true
    case 'string':
      budget.chars -= value.length
      return budget.chars >= 0
    case 'object':
      break
    default:
      return false
  }
  if (value === null) return true
  if (Array.isArray(value))
    return value.length <= budget.values && value.every((entry) => fits(entry, depth + 1, budget))
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const [name, entry] of Object.entries(value)) {
    budget.chars -= name.length
    if (budget.chars < 0 || !fits(entry, depth + 1, budget)) return false
  }
  return true
}
