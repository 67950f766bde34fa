import { LEXICON } from './lexicon-data.ts'

export const EMOTIONS = Object.keys(LEXICON)

/** Words that negate an emotion named soon after: "not happy", "no fear". */
const NEGATORS = new Set(
  `not no never none nobody nothing neither nor without hardly barely cannot cant dont doesnt didnt isnt arent wasnt werent
  wont wouldnt couldnt shouldnt aint`.split(/\s+/),
)

/** How many words a negator affects. */
const REACH = 3

/** A link or mention, which is skipped; a word; or the end of a clause, which ends the scope of a negator. */
const TOKEN = /(?:https?:\/\/|www\.|@)\S+|[a-z]+(?:['’][a-z]+)*|[.!?,;:\n…]/gi

const ELONGATED = /(.)\1{2,}/g

/** The length of the longest word in the list; longer runs of letters are cut. */
const LONGEST = 40

/** Words by the emotion they indicate. */
export class Lexicon {
  readonly #emotions = new Map<string, string>()

  /** @param extra words by emotion, which override known ones */
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
    // A listed word takes precedence over a derived form of another word.
    for (const [word, emotion] of [...known, ...own]) this.#emotions.set(word, emotion)
  }

  /** Calls back for each word that indicates an emotion, in order. */
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

/** A word with verb and noun endings. Forms that do not exist never match. */
function formsOf(word: string): string[] {
  if (/[^aeiou]y$/.test(word)) return ['ies', 'ied'].map(end => word.slice(0, -1) + end).concat(`${word}ing`)
  if (word.endsWith('e')) return [`${word}s`, `${word}d`, `${word.slice(0, -1)}ing`]
  return [`${word}${/(?:s|x|ch|sh)$/.test(word) ? 'es' : 's'}`, `${word}ed`, `${word}ing`]
}
