/** The id of every word that is not in the table. */
export const UNKNOWN = 0

/** The initial value of the hash of a word: FNV-1a over its UTF-16 units, each added by {@link hashWith}. */
export const HASH_START = 0x811c9dc5 | 0
export const hashWith = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193)

/** Words by id: an open hash table that is searched with the units of a buffer, so that lookups need no string. */
export class WordTable {
  /** One more than the number of words. Ids are below it. */
  readonly size: number
  /** The length of the longest word in UTF-16 units. */
  readonly longest: number
  readonly #ids: ReadonlyMap<string, number>
  /** The units of all words, one word after another, and where each begins; by id. */
  readonly #units: Uint16Array
  readonly #starts: Uint32Array
  /**
   * Ids; at most a quarter of the slots are used, so that most words, which are not in the table, find an empty slot
   * at once.
   */
  readonly #slots: Int32Array

  constructor(words: Iterable<string>) {
    const all = ['', ...new Set(words)]
    this.size = all.length
    this.#ids = new Map(all.map((word, id) => [word, id]))
    this.longest = all.reduce((longest, { length }) => Math.max(longest, length), 0)
    this.#units = new Uint16Array(all.reduce((sum, { length }) => sum + length, 0))
    this.#starts = new Uint32Array(this.size + 1)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(this.size * 4))).fill(UNKNOWN)
    let end = 0
    for (const [id, word] of all.entries()) {
      let hash = HASH_START
      for (let i = 0; i < word.length; i++) {
        this.#units[end++] = word.charCodeAt(i)
        hash = hashWith(hash, word.charCodeAt(i))
      }
      this.#starts[id + 1] = end
      if (id === UNKNOWN) continue
      let slot = this.#firstSlot(hash)
      while (this.#slots[slot] !== UNKNOWN) slot = this.#nextSlot(slot)
      this.#slots[slot] = id
    }
  }

  id(word: string): number {
    return this.#ids.get(word) ?? UNKNOWN
  }

  /** The id of the word in a buffer of UTF-16 units, from one index to another (exclusive). */
  find(units: Uint16Array, from: number, to: number): number {
    if (to - from > this.longest) return UNKNOWN
    let hash = HASH_START
    for (let i = from; i < to; i++) hash = hashWith(hash, units[i] as number)
    for (let slot = this.#firstSlot(hash); ; slot = this.#nextSlot(slot)) {
      const id = this.#slots[slot] as number
      if (id === UNKNOWN || this.#isWord(id, units, from, to)) return id
    }
  }

  /**
   * The id of a word in a text, in any case.
   *
   * @param hash of its units in lower case
   * @param small the lower-case letter of each unit
   */
  findIn(text: string, from: number, to: number, hash: number, small: Uint16Array): number {
    for (let slot = this.#firstSlot(hash); ; slot = this.#nextSlot(slot)) {
      const id = this.#slots[slot] as number
      if (id === UNKNOWN || this.#isWordIn(id, text, from, to, small)) return id
    }
  }

  #isWord(id: number, units: Uint16Array, from: number, to: number): boolean {
    const start = this.#starts[id] as number
    if ((this.#starts[id + 1] as number) - start !== to - from) return false
    for (let i = 0; i < to - from; i++) if (this.#units[start + i] !== units[from + i]) return false
    return true
  }

  #isWordIn(id: number, text: string, from: number, to: number, small: Uint16Array): boolean {
    const start = this.#starts[id] as number
    if ((this.#starts[id + 1] as number) - start !== to - from) return false
    for (let i = 0; i < to - from; i++)
      if (this.#units[start + i] !== small[text.charCodeAt(from + i)]) return false
    return true
  }

  #firstSlot(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1)
  }

  #nextSlot(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1)
  }
}
