/**
 * How long a secret stays on the clipboard: a value of an item is pasted into the next field, the key of a client into a file
 * that has to be found first.
 */
export const clipboardTimes = { itemMs: 30_000, clientKeyMs: 2 * 60_000 } as const
