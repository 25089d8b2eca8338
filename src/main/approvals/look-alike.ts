/** Letters that are drawn like a Latin one (a working part of Unicode TS 39 confusables), and Latin ones drawn like each other. */
const drawnLike: ReadonlyArray<readonly [string, string]> = [
  ['a', 'аαạạāăáàâäãåɑ'],
  ['b', 'Ььḅ'],
  ['c', 'сϲçćčċ'],
  ['d', 'ԁḍďđ'],
  ['e', 'еёęėẹéèêëēěε'],
  ['f', 'ƒſ'],
  ['g', 'ɡġğģց'],
  ['h', 'һհḥ'],
  ['i', 'іїıíìîïīįịιlӏ1|ӏł'],
  ['j', 'јʝ'],
  ['k', 'кκķ'],
  ['m', 'мṃ'],
  ['n', 'пոńñňņṇη'],
  ['o', 'оοօ0óòôöõøōőọσ'],
  ['p', 'рρ'],
  ['q', 'ԛգ'],
  ['r', 'гŕřṛ'],
  ['s', 'ѕśšşșṣ'],
  ['t', 'тτťţțṭ'],
  ['u', 'υսúùûüūůűųụ'],
  ['v', 'ѵνṿ'],
  ['w', 'ԝшωŵẁ'],
  ['x', 'хχ'],
  ['y', 'уγýÿŷỵ'],
  ['z', 'źžżẓ'],
]
const plain = new Map(drawnLike.flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)))

const scripts: ReadonlyArray<RegExp> = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Cherokee}/u,
]

/** Whether two names are drawn nearly alike: `gіthub.com` with a Cyrillic і, `paypa1.com`, `rnicrosoft.com`. */
export function looksLike(one: string, other: string): boolean {
  return skeleton(one) === skeleton(other)
}

/** Whether one label of a host name has letters of two alphabets that are not written together. */
export function mixesScripts(host: string): boolean {
  return host.split('.').some((label) => scripts.filter((script) => script.test(label)).length > 1)
}

function skeleton(host: string): string {
  const letters = [...host.normalize('NFC').toLowerCase()].map((char) => plain.get(char) ?? char).join('')
  return letters.replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('ci', 'd')
}
