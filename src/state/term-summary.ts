/** The counts of one term. */
export interface TermCount {
  /** Posts with the term since it was last added: a lower bound of the true number. */
  count: number
  /** Sum of the scores of those posts that have one, and the number of those posts. */
  score: number
  scored: number
}

/** A summary as flat arrays, for encoding: four numbers for each term, in the order of the terms. */
export interface FlatSummary {
  error: number
  /** How many terms were evicted. The key is part of the stored format. */
  forgotten: number
  terms: string[]
  numbers: number[]
}

/** JSON as text or its bytes, so that a summary can be parsed only when it is needed. */
export type EncodedSummary = string | Uint8Array

/** The text of what was encoded. */
export const summaryText = (encoded: EncodedSummary): string =>
  typeof encoded === 'string'
    ? encoded
    : Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString()

/** Sums of scores are encoded as whole millionths: integers parse several times as fast as fractions. */
const SCORE_UNIT = 1e6

// Offsets of the numbers of a term from the start of its slot.
const COUNT = 0
/** The Misra–Gries counter, which decides what is evicted. */
const MASS = 1
const SCORE = 2
const SCORED = 3
const WIDTH = 4

const FIRST_SLOTS = 16

/**
 * The most used terms of a stream in bounded memory: at most twice `capacity` terms, however many there are.
 *
 * Exact while no more terms than that were seen at once. Beyond, the least used are evicted by the rule of Misra and
 * Gries (1982), many at a time: the mass of the (capacity + 1)-th term is subtracted from all, and terms with none
 * left are removed. Each such step subtracts that mass from more than `capacity` terms, so with n posts counted, a
 * count misses at most `error` ≤ n / (capacity + 1) posts, and every term in more posts than that is present.
 * Summaries merge with the same bound (Agarwal et al., "Mergeable Summaries", PODS 2012).
 *
 * The numbers are in one array: with an object for each of millions of short-lived terms, garbage collection would
 * dominate.
 */
export class TermSummary {
  readonly capacity: number
  /** The slot of each term. Slots have no gaps and are in the order in which terms were added. */
  readonly #slots = new Map<string, number>()
  #numbers = new Float64Array(FIRST_SLOTS * WIDTH)
  #error = 0
  #evicted = 0
  /**
   * Encoded summaries that are merged on the first read: a restored state is parsed where it is needed, and not at
   * the start.
   */
  #later: EncodedSummary[] | null = null

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** The most posts that any count may miss. */
  get error(): number {
    this.#settle()
    return this.#error
  }

  /** How often a term was evicted. */
  get evicted(): number {
    this.#settle()
    return this.#evicted
  }

  get size(): number {
    this.#settle()
    return this.#slots.size
  }

  /** Counts a post with this term; `score` is null if the post has none. */
  observe(term: string, score: number | null): void {
    this.#settle()
    if (score === null) this.#add(term, 1, 1, 0, 0)
    else this.#add(term, 1, 1, score, 1)
  }

  merge(other: TermSummary): void {
    this.#settle()
    other.#settle()
    this.#error += other.#error
    this.#evicted += other.#evicted
    const numbers = other.#numbers
    for (const [term, slot] of other.#slots) {
      const at = slot * WIDTH
      this.#add(
        term,
        numbers[at + COUNT] as number,
        numbers[at + MASS] as number,
        numbers[at + SCORE] as number,
        numbers[at + SCORED] as number,
      )
    }
  }

  /** Merges a parsed summary, without making a `TermSummary` of it first. */
  mergeFlat({ error, forgotten, terms, numbers }: FlatSummary): void {
    this.#settle()
    this.#error += error
    this.#evicted += forgotten
    for (let i = 0, at = 0; i < terms.length; i++, at += WIDTH)
      this.#add(
        terms[i] as string,
        numbers[at + COUNT] as number,
        numbers[at + MASS] as number,
        (numbers[at + SCORE] as number) / SCORE_UNIT,
        numbers[at + SCORED] as number,
      )
  }

  /** Merges an encoded summary later: it is parsed when this summary is next read or added to. */
  mergeLater(encoded: EncodedSummary): void {
    this.#later ??= []
    this.#later.push(encoded)
  }

  /** The k most used terms, most used first. Ties are in the order of code units, so that the result is stable. */
  top(k: number): [term: string, count: TermCount][] {
    this.#settle()
    const best: [term: string, slot: number, count: number][] = []
    for (const [term, slot] of this.#slots) {
      const count = this.#numbers[slot * WIDTH + COUNT] as number
      const comesBefore = ([other, , otherCount]: [string, number, number]) =>
        count > otherCount || (count === otherCount && term < other)
      const last = best.at(-1)
      if (best.length === k && !(last && comesBefore(last))) continue
      let place = best.length
      while (place > 0 && comesBefore(best[place - 1] as [string, number, number])) place--
      best.splice(place, 0, [term, slot, count])
      if (best.length > k) best.pop()
    }
    return best.map(([term, slot, count]) => {
      const at = slot * WIDTH
      const score = this.#numbers[at + SCORE] as number
      return [term, { count, score, scored: this.#numbers[at + SCORED] as number }]
    })
  }

  encode(): string {
    this.#settle()
    const numbers = Array.from(this.#numbers.subarray(0, this.#slots.size * WIDTH))
    for (let at = SCORE; at < numbers.length; at += WIDTH)
      numbers[at] = Math.round((numbers[at] as number) * SCORE_UNIT)
    const flat: FlatSummary = {
      error: this.#error,
      forgotten: this.#evicted,
      terms: [...this.#slots.keys()],
      numbers,
    }
    return JSON.stringify(flat)
  }

  static read(encoded: EncodedSummary): FlatSummary {
    return JSON.parse(summaryText(encoded)) as FlatSummary
  }

  static decode(capacity: number, encoded: EncodedSummary): TermSummary {
    const summary = new TermSummary(capacity)
    summary.mergeFlat(TermSummary.read(encoded))
    return summary
  }

  #settle(): void {
    if (this.#later === null) return
    const later = this.#later
    this.#later = null
    for (const encoded of later) this.mergeFlat(TermSummary.read(encoded))
  }

  #add(term: string, count: number, mass: number, score: number, scored: number): void {
    const known = this.#slots.get(term)
    const at = (known ?? this.#take(term)) * WIDTH
    const numbers = this.#numbers
    numbers[at + COUNT] = (numbers[at + COUNT] as number) + count
    numbers[at + MASS] = (numbers[at + MASS] as number) + mass
    numbers[at + SCORE] = (numbers[at + SCORE] as number) + score
    numbers[at + SCORED] = (numbers[at + SCORED] as number) + scored
    if (known === undefined && this.#slots.size > 2 * this.capacity) this.#evictRarest()
  }

  /** A slot for a new term, with zeros in it. */
  #take(term: string): number {
    const slot = this.#slots.size
    this.#slots.set(term, slot)
    const at = slot * WIDTH
    if (at === this.#numbers.length) {
      const larger = new Float64Array(2 * at)
      larger.set(this.#numbers)
      this.#numbers = larger
    } else {
      this.#numbers.fill(0, at, at + WIDTH)
    }
    return slot
  }

  #evictRarest(): void {
    const numbers = this.#numbers
    const masses = new Float64Array(this.#slots.size)
    for (let slot = 0; slot < masses.length; slot++) masses[slot] = numbers[slot * WIDTH + MASS] as number
    masses.sort()
    const taken = masses[masses.length - 1 - this.capacity] as number
    let kept = 0
    for (const [term, slot] of this.#slots) {
      const at = slot * WIDTH
      numbers[at + MASS] = (numbers[at + MASS] as number) - taken
      if ((numbers[at + MASS] as number) <= 0) {
        this.#slots.delete(term)
        this.#evicted++
      } else {
        // Remaining terms move down to close gaps: a slot is never below those already moved.
        numbers.copyWithin(kept * WIDTH, at, at + WIDTH)
        this.#slots.set(term, kept++)
      }
    }
    this.#error += taken
  }
}
