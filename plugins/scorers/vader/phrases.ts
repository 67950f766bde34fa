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
