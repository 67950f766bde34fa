import { LEXICON } from './lexicon-data.ts'

export const EMOTIONS = Object.keys(LEXICON)

/** What turns an emotion off that is named soon after it: "not happy", "no fear". */
const NEGATORS = new Set(
  `not no never none nobody nothing neither nor without hardly barely cannot cant dont doesnt didnt isnt arent wasnt werent
  wont wouldnt couldnt shouldnt aint`.split(/\s+/),
)

/** How many words a negator reaches. */
const REACH = 3

/** A link or a mention, which is passed over; a word; or what ends a clause, and the reach of a negator. */
const TOKEN = /(?:https?:\/\/|www\.|@)\S+|[a-z]+(?:['’][a-z]+)*|[.!?,;:\n…]/gi

const ELONGATED = /(.)\1{2,}/g

/** No word of the list is longer; longer runs of letters are not looked at further. */
const LONGEST = 40

/** Words by what they say of how somebody feels. */
export class Lexicon {
  readonly #emotions = new Map<string, string>()

  /** @param extra words by emotion, which count before those that are known */
  constructor(extra: Readonly<Record<string, readonly string[]>> = {}) {
    const own = Object.entries(extra).flatMap(([emotion, words]) =>
      words.map((word): [string, string] => [word.toLowerCase(), emotion]),
    )
    const known = Object.entries(LEXICON).flatMap(([emotion, text]) =>
      text
        .trim()
        .split(/\s+/)
        .map((word): [string, string] => [word, emotion]),
    )
    for (const [word, emotion] of known) for (const form of formsOf(word)) this.#emotions.set(form, emotion)
    // What is in the list as it stands comes before what is made of another word.
    for (const [word, emotion] of [...known, ...own]) this.#emotions.set(word, emotion)
  }

  /** Calls back with each word that shows an emotion, in their order. */
  find(text: string, found: (word: string, emotion: string) => void): void {
    let negatedFor = 0
    TOKEN.lastIndex = 0
    for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
      const token = match[0]
      if (token.length > LONGEST) continue
      const word = token.toLowerCase()
      const first = word.charCodeAt(0)
      if (first < 97 || first > 122) {
        if (first !== 64) negatedFor = 0
        continue
      }
      if (NEGATORS.has(word) || word.endsWith("n't") || word.endsWith('n’t')) {
        negatedFor = REACH
        continue
      }
      const emotion = this.#emotionOf(word)
      if (emotion !== undefined && negatedFor === 0) found(token, emotion)
      if (negatedFor > 0) negatedFor--
    }
  }

  #emotionOf(word: string): string | undefined {
    const known = this.#emotions.get(word)
    if (known !== undefined || word.length < 4) return known
    const short = word.replace(ELONGATED, '$1')
    return short === word ? undefined : this.#emotions.get(short)
  }
}

/** A word with the endings of verbs and nouns. What is no word then is never met. */
function formsOf(word: string): string[] {
  if (/[^aeiou]y$/.test(word)) return ['ies', 'ied'].map(end => word.slice(0, -1) + end).concat(`${word}ing`)
  if (word.endsWith('e')) return [`${word}s`, `${word}d`, `${word.slice(0, -1)}ing`]
  return [`${word}${/(?:s|x|ch|sh)$/.test(word) ? 'es' : 's'}`, `${word}ed`, `${word}ing`]
}
