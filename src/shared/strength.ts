/** How long guessing would take: zxcvbn's score, and the decimal logarithm of the guesses it counts. */
export type Strength = { readonly score: 0 | 1 | 2 | 3 | 4; readonly guessesLog10: number }

/** Judges a password; `known` are words that whoever guesses would try first. */
export type Judge = (password: string, known?: ReadonlyArray<string>) => Strength

/** The rest of a long password only makes it stronger, and each character makes the judgment slower. */
const judgedChars = 40
/** Ways to undo “p@55w0rd” that are tried; a hundred, zxcvbn's own choice, takes ten times as long and finds no more. */
const undoneSpellings = 8

let loading: Promise<Judge> | null = null

/**
 * Loads zxcvbn with its English word lists: about 1.6 MB and a tenth of a second or more, so only where a password is judged. Nothing
 * of what is judged is kept.
 */
export async function loadJudge(): Promise<Judge> {
  loading ??= makeJudge()
  try {
    return await loading
  } catch (error) {
    loading = null
    throw error
  }
}

async function makeJudge(): Promise<Judge> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ])
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    maxLength: judgedChars,
    l33tMaxSubstitutions: undoneSpellings,
  })
  return (password, known = []) => {
    const { score, guessesLog10 } = zxcvbn.check(password.slice(0, judgedChars), [...known])
    return { score, guessesLog10 }
  }
}
