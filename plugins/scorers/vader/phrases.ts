interface Phrase {
  /** Ids of its words; the last is NONE if it has two. */
  readonly words: readonly [number, number, number]
  readonly value: number
}

/** No word's id, nor that of none. */
const NONE = -2

/** A few phrases of two or three words, each with a value. */
export class Phrases {
  readonly #phrases: Phrase[] = []

  /** @param idOf gives the id of a word of a phrase; entries of one word are no phrases and are left out */
  constructor(entries: Iterable<[string, number]>, idOf: (word: string) => number) {
    for (const [text, value] of entries) {
      const [first, second, third, ...more] = text.split(' ').map(idOf)
      if (first === undefined || second === undefined) continue
      if (more.length > 0) throw new RangeError(`expected a phrase of two or three words, got "${text}"`)
      this.#phrases.push({ words: [first, second, third ?? NONE], value })
    }
  }

  /** The value of the phrase that these words are, by their ids; undefined if they are none. */
  value(first: number, second: number, third = NONE): number | undefined {
    for (const { words, value } of this.#phrases)
      if (words[0] === first && words[1] === second && words[2] === third) return value
    return undefined
  }
}
