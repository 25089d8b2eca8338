import type { ItemKind, ItemOverview } from './models/item.ts'
import type { SearchTexts } from './search.ts'

/** What a person calls the kinds of item. */
export const kindWords: Readonly<Record<ItemKind, string>> = {
  'api-key': 'API key',
  login: 'Login',
  note: 'Secure note',
  'ssh-key': 'SSH key',
  totp: 'One-time codes',
}

/** What a search finds of an item: all of its overview that has words, never what is sealed with the secret. */
export function itemTexts({ kind, name, userName, hosts, tags, fieldNames }: ItemOverview): SearchTexts {
  return { name, more: [userName, ...hosts, ...tags, kindWords[kind], kind, ...fieldNames] }
}
