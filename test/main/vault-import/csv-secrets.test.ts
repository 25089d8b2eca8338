import { expect, it } from 'vitest'
import type { FoundField, Parsed } from '../../../src/main/vault-import/found-entry.ts'
import { parseFile } from '../../../src/main/vault-import/parse-file.ts'
import { isSecretName } from '../../../src/main/vault-import/secret-name.ts'
import { seed, utf8 } from '../../support/import-files.ts'

function read(text: string): Promise<Parsed> {
  return parseFile({ bytes: utf8(text), format: null, password: null, keyFile: null, map: null })
}

const hidden = (fields: ReadonlyArray<FoundField> = []) => fields.filter(({ concealed }) => concealed)
const names = (fields: ReadonlyArray<FoundField> = []) => fields.map(({ name }) => name)

it('a card of NordPass is a note whose number, code and PIN are hidden, and a row for a folder is none', async () => {
  const header =
    'name,url,username,password,note,cardholdername,cardnumber,cvc,pin,expirydate,zipcode,folder,full_name,phone_number,email,address1,address2,city,country,state,type'
  const card = 'Visa,,,,,Ada L,4111111111111111,123,9876,12/30,1000,Cards,,,,,,,,,credit_card'
  const { format, entries, leftOut } = await read(`${header}\nCards,,,,,,,,,,,,,,,,,,,,folder\n${card}`)
  expect([format, entries.length, leftOut]).toEqual(['nordpass-csv', 1, []])
  expect(entries[0]).toMatchObject({ name: 'Visa', folder: 'Cards', secret: '', expiresAtMs: null })
  expect(names(hidden(entries[0]?.fields))).toEqual(['cardnumber', 'cvc', 'pin'])
  expect(names(entries[0]?.fields)).toEqual(['cardholdername', 'cardnumber', 'cvc', 'pin', 'expirydate', 'zipcode'])
})

it('a note of LastPass is a note, and what is kept in one becomes fields, secret ones hidden', async () => {
  const key = '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIC\n-----END RSA PRIVATE KEY-----'
  const rows = [
    'url,username,password,extra,name,grouping,fav',
    'http://sn,,,"NoteType:Credit Card\nName on Card:Ada\nNumber:4111\nSecurity Code:123\nStart Date:,\nNotes:my\nown: words",Visa,(none),0',
    `http://sn,,,"NoteType:SSH Key\nPassphrase:p\nPrivate Key:${key}\nHostname:h",Key,,0`,
    'http://sn,,,just text: here,Plain,,0',
  ]
  const { format, entries } = await read(rows.join('\n'))
  expect(format).toBe('lastpass-csv')
  expect(entries.map(({ kind, addresses, folder, notes }) => [kind, addresses, folder, notes])).toEqual([
    ['note', [], '', 'my\nown: words'],
    ['note', [], '', ''],
    ['note', [], '', 'just text: here'],
  ])
  expect(hidden(entries[0]?.fields).map(({ name, value }) => [name, value])).toEqual([
    ['Number', '4111'],
    ['Security Code', '123'],
  ])
  expect(hidden(entries[1]?.fields).map(({ name, value }) => [name, value])).toEqual([
    ['Passphrase', 'p'],
    ['Private Key', key],
  ])
  expect(names(entries[0]?.fields)).toEqual(['NoteType', 'Name on Card', 'Number', 'Security Code', 'Start Date'])
})

it.each([
  [
    'cards',
    'type,account_name,account_holder,cc_number,code,expiration_month,expiration_year,routing_number,account_number,country,issuing_bank,note,name\npayment_card,Visa,,4111,123,1,30,,9,AT,,mine,',
    ['cc_number', 'code', 'account_number'],
  ],
  [
    'papers',
    'type,number,name,issue_date,expiration_date,place_of_issue,state\npassport,P123,Ada,2020-01-02,2030-01-02,Wien,',
    ['number'],
  ],
])('the %s of Dashlane have their numbers hidden', async (_what, text, secret) => {
  const { format, entries } = await read(text)
  expect(format).toBe('dashlane-csv')
  expect(entries).toHaveLength(1)
  expect(names(hidden(entries[0]?.fields))).toEqual(secret)
})

it('a header that is more than a browser’s is not of a browser: its columns are guessed, shown and hidden by their names', async () => {
  const { format, columns, entries } = await read(
    `name,url,username,password,otpSecret,PIN,Group,Colour\nForum,https://f.example,ada,p,${seed},1234,Work,red`,
  )
  expect(format).toBe('csv')
  expect(columns).toContainEqual({ column: 'otpSecret', role: 'totp' })
  expect(entries[0]).toMatchObject({
    secret: 'p',
    totp: seed,
    folder: 'Work',
    fields: [
      { name: 'PIN', value: '1234', concealed: true },
      { name: 'Colour', value: 'red', concealed: false },
    ],
  })
  expect((await read('Title,URL,Username,Password,Notes,OTPAuth,\nF,https://f.example,ada,p,,,')).format).toBe(
    'browser-csv',
  )
})

it('rows of nothing but commas and spaces, which spreadsheets leave, are no entries, and lines keep their numbers', async () => {
  const tail = ',,,\n'.repeat(1000)
  const { entries } = await read(
    `name,url,username,password\n , ,,\n"A\r\nB",,u,p\n,,,\nC,,u,q\n${tail}D,,u,r\n${tail}`,
  )
  expect(entries.map(({ at, name }) => [at, name])).toEqual([
    [3, 'A\r\nB'],
    [6, 'C'],
    [1007, 'D'],
  ])
  const semicolons = await read('Title;Username;Password;URL;Notes\r\nA;b;c;https://x.org;\r\n;;;;\r\n;;;;\r\n')
  expect(semicolons.entries).toHaveLength(1)
})

it.each([
  ['Password', true],
  ['otpSecret', true],
  ['cc_number', true],
  ['cardnumber', true],
  ['Card PIN', true],
  ['CVV2', true],
  ['apiKey', true],
  ['Recovery codes', true],
  ['Account number', true],
  ['zipcode', false],
  ['country code', false],
  ['phone_number', false],
  ['Keyboard', false],
  ['pinned', false],
  ['Konto', false],
])('the name %s says that its value is secret: %s', (name, secret) => {
  expect(isSecretName(name)).toBe(secret)
})
