import type { Scope } from '../../../../shared/models/api-key.ts'

/** What each scope means to a person. */
export const scopeWords: Readonly<
  Record<Scope, { readonly title: string; readonly short: string; readonly meaning: string }>
> = {
  'openclaw:read': {
    title: 'See your assistants',
    short: 'see assistants',
    meaning: 'Which there are and how they are.',
  },
  'openclaw:write': {
    title: 'Talk to your assistants',
    short: 'talk',
    meaning: 'Send them messages and read their answers.',
  },
  'secrets:list': {
    title: 'See the names of your keys',
    short: 'list keys',
    meaning: 'Names, kinds and hosts. Never a value.',
  },
  'secrets:use': {
    title: 'Ask to use your keys',
    short: 'use keys',
    meaning: 'Send requests with a key in them. You are asked, unless a rule or grant of yours answers.',
  },
}
