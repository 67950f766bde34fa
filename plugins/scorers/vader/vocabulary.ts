import { readBoosters, readIdioms, readNegators, readWeights } from './lists.ts'
import { WordTable } from './word-table.ts'

/** The traits of a word for the rules, as bits. */
export const WEIGHTED = 1
export const BOOSTS = 2
export const NEGATES = 4
/** The first word of an idiom, or of a booster such as "kind of". */
export const BEGINS_PHRASE = 8

/** Words that the rules name, in addition to those of the lists. */
const NAMED = [
  'at',
  'but',
  'doubt',
  'kind',
  'least',
  'never',
  'no',
  'nor',
  'of',
  'or',
  'so',
  'this',
  'very',
  'without',
] as const

/** The properties of words for the rules, by word id. */
export class Vocabulary {
  readonly words: WordTable
  /** The weight of a weighted word; for a booster the amount that it adds. */
  readonly values: Float64Array
  readonly traits: Uint8Array
  /** The ids of the words that rules name. */
  readonly named: Readonly<Record<(typeof NAMED)[number], number>>
  readonly idioms: Phrases
  readonly boosterPhrases: Phrases

  /** @param extra further words with their weights, in lower case, and other weights for known ones */
  constructor(extra: ReadonlyMap<string, number> = new Map()) {
    const weights = new Map([...readWeights(), ...extra])
    const boosters = readBoosters()
    const idioms = readIdioms()
    const negators = readNegators()
    const ofPhrases = [...boosters.keys(), ...idioms.keys()].flatMap(phrase => phrase.split(' '))
    this.words = new WordTable([...weights.keys(), ...ofPhrases, ...negators, ...NAMED])
    this.values = new Float64Array(this.words.size)
    this.traits = new Uint8Array(this.words.size)
    const idOf = (word: string) => this.words.id(word)
    this.named = Object.fromEntries(NAMED.map(word => [word, idOf(word)])) as typeof this.named
    this.idioms = new Phrases(idioms, idOf)
    this.boosterPhrases = new Phrases(boosters, idOf)

    this.#mark(weights.keys(), WEIGHTED)
    this.#mark(negators, NEGATES)
    const single = [...boosters].filter(([booster]) => !booster.includes(' '))
    this.#mark(new Map(single).keys(), BOOSTS)
    for (const [word, value] of [...weights, ...single]) this.values[idOf(word)] = value
    const phrases = [...boosters.keys(), ...idioms.keys()].filter(phrase => phrase.includes(' '))
    this.#mark(
      phrases.map(phrase => phrase.slice(0, phrase.indexOf(' '))),
      BEGINS_PHRASE,
    )
  }

  #mark(words: Iterable<string>, trait: number): void {
    for (const word of words) {
      const id = this.words.id(word)
      this.traits[id] = (this.traits[id] as number) | trait
    }
  }
}

interface Phrase {
  /** The ids of its words; the last is NONE for a phrase of two words. */
  readonly words: readonly [number, number, number]
  readonly value: number
}

/** Neither the id of a word nor NONE. */
const NONE = -2

/** A few phrases of two or three words, each with a value. */
export class Phrases {
  readonly #phrases: Phrase[] = []

  /** @param idOf returns the id of a word of a phrase; entries of one word are left out */
  constructor(entries: Iterable<[string, number]>, idOf: (word: string) => number) {
    for (const [text, value] of entries) {
      const [first, second, third, ...more] = text.split(' ').map(idOf)
      if (first === undefined || second === undefined) continue
      if (more.length > 0) throw new RangeError(`expected a phrase of two or three words, got "${text}"`)
      this.#phrases.push({ words: [first, second, third ?? NONE], value })
    }
  }

  /** The value of the phrase with these word ids; undefined if there is none. */
  value(first: number, second: number, third = NONE): number | undefined {
    for (const { words, value } of this.#phrases)
      if (words[0] === first && words[1] === second && words[2] === third) return value
    return undefined
  }
}
