interface Entry {
  readonly word: string
  readonly weight: number
  /** Whether it reverses the weight of the next word, as "not" does. */
  readonly negates: boolean
}

const EMPTY = -1
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** Classes of characters. */
const IN_WORD = 0
const SEPARATOR = 1
/** White space that alone does not end a word: the package's rules, see `score`. */
const OTHER_SPACE = 2

const KINDS = new Uint8Array(0x10000)
for (const separator of ' \n.,/#!?$%^&*;:{}=_`"~()') KINDS[separator.charCodeAt(0)] = SEPARATOR
for (const space of '\t\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff')
  KINDS[space.charCodeAt(0)] = OTHER_SPACE
KINDS.fill(OTHER_SPACE, 0x2000, 0x200b)

/** Whether the separator or white space at `index`, after a word character, ends the word. */
function endsWord(text: string, index: number): boolean {
  if (KINDS[text.charCodeAt(index)] === SEPARATOR) return true
  return index + 1 === text.length || KINDS[text.charCodeAt(index + 1)] !== IN_WORD
}

/** Whether a lexicon can contain this: a single token, which no separator splits. */
export const isToken = (word: string): boolean =>
  word !== '' && Array.from(word).every(character => KINDS[character.charCodeAt(0)] === IN_WORD)

/**
 * Words with their weights, and the sum of the weights in a text: equal to the `score` that `analyze` of the npm
 * package `sentiment` 5.0.2 returns for the same words. It creates no objects for tokens: words are in an open hash
 * table, which is probed with a rolling hash.
 */
export class Lexicon {
  readonly #entries: Entry[]
  readonly #slots: Int32Array

  /** @param words in lower case; a word that is not a single token is never found, as in the package */
  constructor(words: ReadonlyMap<string, number>, negators: ReadonlySet<string>) {
    const all = new Set([...words.keys(), ...negators])
    this.#entries = [...all].map(word => ({
      word,
      weight: words.get(word) ?? 0,
      negates: negators.has(word),
    }))
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(all.size * 4 + 1))).fill(EMPTY)
    for (const [index, { word }] of this.#entries.entries()) {
      let hash = FNV_OFFSET
      for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), FNV_PRIME)
      let slot = this.#slotOf(hash)
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & (this.#slots.length - 1)
      this.#slots[slot] = index
    }
  }

  /**
   * The sum of the weights of the text's words. A negator reverses the weight of the next word.
   *
   * Words end at spaces, line feeds and most punctuation, and case does not matter. Other white space ends a word
   * only at the ends of the text and next to white space or a separator: "good\tbad" is one word that no lexicon has.
   */
  sum(text: string): number {
    const lower = text.toLowerCase()
    const { length } = lower
    let sum = 0
    let negated = false
    for (let i = 0; i < length; i++) {
      if (KINDS[lower.charCodeAt(i)] !== IN_WORD) continue
      const start = i
      let hash = FNV_OFFSET
      for (; i < length; i++) {
        const unit = lower.charCodeAt(i)
        if (KINDS[unit] !== IN_WORD && endsWord(lower, i)) break
        hash = Math.imul(hash ^ unit, FNV_PRIME)
      }
      const entry = this.#find(lower, start, i, hash)
      if (entry) sum += negated ? -entry.weight : entry.weight
      negated = entry?.negates ?? false
    }
    return sum
  }

  #find(text: string, start: number, end: number, hash: number): Entry | undefined {
    for (let slot = this.#slotOf(hash); ; slot = (slot + 1) & (this.#slots.length - 1)) {
      const index = this.#slots[slot] as number
      if (index === EMPTY) return undefined
      const entry = this.#entries[index] as Entry
      if (entry.word.length === end - start && text.startsWith(entry.word, start)) return entry
    }
  }

  #slotOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1)
  }
}
