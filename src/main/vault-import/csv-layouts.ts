import type { ColumnRole, ImportFormat } from '../../shared/models/import.ts'

type Layout = {
  readonly format: ImportFormat
  /** A header that has all of these is of this program. */
  readonly signs: ReadonlyArray<string>
  readonly roles: Readonly<Record<string, ColumnRole>>
  /** Whether a header with other columns beside these is of another program. */
  readonly only?: true
}

/**
 * What the columns of other programs are called, in small letters; the first layout whose signs are all there is taken.
 * Bitwarden: https://bitwarden.com/help/condition-bitwarden-import/. LastPass, Dashlane, NordPass: as the importers of Bitwarden
 * and Proton Pass read them. The others: headers of their exports. A browser's is the beginning of several others, so it is one
 * only without other columns.
 */
const layouts: ReadonlyArray<Layout> = [
  {
    format: 'clawkeep-csv',
    signs: ['name', 'kind', 'hosts', 'user name', 'secret', 'notes', 'totp', 'tags', 'favourite'],
    roles: {
      name: 'name',
      hosts: 'address',
      'user name': 'user name',
      secret: 'secret',
      notes: 'notes',
      totp: 'totp',
      tags: 'tags',
      favourite: 'favourite',
      created: 'created',
      updated: 'updated',
      expires: 'expires',
      'rotate by': 'rotate by',
      kind: 'skip',
      fields: 'skip',
    },
  },
  {
    format: 'bitwarden-csv',
    signs: ['name', 'login_uri', 'login_password'],
    roles: {
      folder: 'folder',
      collections: 'folder',
      favorite: 'favourite',
      name: 'name',
      notes: 'notes',
      login_uri: 'address',
      login_username: 'user name',
      login_password: 'secret',
      login_totp: 'totp',
      type: 'skip',
      fields: 'skip',
      reprompt: 'skip',
      archiveddate: 'skip',
    },
  },
  {
    format: 'keepassxc-csv',
    signs: ['group', 'title', 'username', 'password', 'url'],
    roles: {
      group: 'folder',
      title: 'name',
      username: 'user name',
      password: 'secret',
      url: 'address',
      notes: 'notes',
      totp: 'totp',
      icon: 'skip',
      'last modified': 'updated',
      created: 'created',
    },
  },
  {
    format: 'firefox-csv',
    signs: ['url', 'username', 'password', 'httprealm', 'formactionorigin'],
    roles: {
      url: 'address',
      username: 'user name',
      password: 'secret',
      httprealm: 'field',
      formactionorigin: 'skip',
      guid: 'skip',
      timecreated: 'created',
      timelastused: 'skip',
      timepasswordchanged: 'updated',
    },
  },
  {
    format: '1password-csv',
    signs: ['title', 'username', 'password', 'otpauth', 'favorite'],
    roles: {
      title: 'name',
      url: 'address',
      website: 'address',
      username: 'user name',
      password: 'secret',
      otpauth: 'totp',
      favorite: 'favourite',
      archived: 'skip',
      tags: 'tags',
      notes: 'notes',
    },
  },
  {
    format: 'proton-csv',
    signs: ['name', 'url', 'username', 'password', 'totp', 'vault'],
    roles: {
      type: 'skip',
      name: 'name',
      url: 'address',
      email: 'user name',
      username: 'user name',
      password: 'secret',
      note: 'notes',
      totp: 'totp',
      createtime: 'created',
      modifytime: 'updated',
      vault: 'folder',
    },
  },
  {
    format: 'lastpass-csv',
    signs: ['url', 'username', 'password', 'extra', 'name', 'grouping', 'fav'],
    roles: {
      url: 'address',
      username: 'user name',
      password: 'secret',
      totp: 'totp',
      extra: 'notes',
      name: 'name',
      grouping: 'folder',
      fav: 'favourite',
    },
  },
  {
    format: 'nordpass-csv',
    signs: ['name', 'url', 'username', 'password', 'note', 'cardnumber', 'cvc', 'folder'],
    roles: {
      name: 'name',
      url: 'address',
      additional_urls: 'address',
      username: 'user name',
      password: 'secret',
      totp: 'totp',
      note: 'notes',
      folder: 'folder',
      shared_folder: 'folder',
      type: 'skip',
      custom_fields: 'skip',
    },
  },
  {
    format: 'dashlane-csv',
    signs: ['username', 'title', 'password', 'note', 'url', 'category'],
    roles: {
      username: 'user name',
      username2: 'user name',
      username3: 'user name',
      title: 'name',
      password: 'secret',
      note: 'notes',
      url: 'address',
      category: 'folder',
      otpsecret: 'totp',
      otpurl: 'totp',
    },
  },
  {
    // The other files of its export: cards and accounts, papers, what is known of a person.
    format: 'dashlane-csv',
    signs: ['type', 'account_name', 'account_holder', 'cc_number'],
    roles: { account_name: 'name', note: 'notes' },
  },
  {
    format: 'dashlane-csv',
    signs: ['type', 'number', 'name', 'issue_date', 'place_of_issue'],
    roles: { name: 'name', expiration_date: 'expires' },
  },
  {
    format: 'dashlane-csv',
    signs: ['type', 'first_name', 'last_name', 'item_name', 'address_recipient'],
    roles: { item_name: 'name', url: 'address' },
  },
  {
    format: 'browser-csv',
    only: true,
    signs: ['name', 'url', 'username', 'password'],
    roles: { name: 'name', url: 'address', username: 'user name', password: 'secret', note: 'notes', notes: 'notes' },
  },
  {
    // Safari and the Passwords app of Apple.
    format: 'browser-csv',
    only: true,
    signs: ['title', 'url', 'username', 'password'],
    roles: {
      title: 'name',
      url: 'address',
      username: 'user name',
      password: 'secret',
      notes: 'notes',
      otpauth: 'totp',
    },
  },
]

/** The layout a header belongs to; of one form only when that is given, and then with other columns too. */
export function layoutOf(header: ReadonlyArray<string>, format: ImportFormat | null): Layout | null {
  const names = new Set(header.map((name) => name.toLowerCase()))
  const isOf = ({ format: own, signs, roles, only }: Layout): boolean => {
    if (format !== null && own !== format) return false
    if (!signs.every((sign) => names.has(sign))) return false
    return (
      only === undefined || format !== null || [...names].every((name) => name === '' || Object.hasOwn(roles, name))
    )
  }
  return layouts.find(isOf) ?? null
}

/** What a column of a layout is; a heading such as `constructor` is a column like any other. */
export function roleIn(layout: Layout, heading: string): ColumnRole {
  const name = heading.toLowerCase()
  return (Object.hasOwn(layout.roles, name) ? layout.roles[name] : undefined) ?? 'field'
}

const guesses: ReadonlyArray<readonly [RegExp, ColumnRole]> = [
  [/^(name|title|label|entry|item|account)$/, 'name'],
  [/^(url|uri|urls|website|web site|site|address|host|hosts|login_uri)$/, 'address'],
  [/^(user ?name|user|login|e-?mail|login_username|user_name)$/, 'user name'],
  [/^(password|pass|pwd|secret|value|token|api[ _]?key|key|login_password)$/, 'secret'],
  [/^(notes?|comments?|description|extra)$/, 'notes'],
  [/^(totp|otp|otp[ _]?(auth|secret|url)|totp[ _]?(secret|seed|uri|url)|2fa)$/, 'totp'],
  [/^(folder|group|grouping|category|vault)$/, 'folder'],
  [/^(tags?|labels)$/, 'tags'],
  [/^(fav(ou?rite)?)$/, 'favourite'],
  [/^(expires?|expiry|expiration)( date)?$/, 'expires'],
]

/** What an unknown column may be, by its heading; what has no usual name becomes a field. */
export function guessRole(heading: string): ColumnRole {
  return guesses.find(([pattern]) => pattern.test(heading.toLowerCase()))?.[1] ?? 'field'
}
