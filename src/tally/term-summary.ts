/** What is known of one term. */
export interface TermCell {
  /** Posts with the term since it was last taken in: never more than there were. */
  count: number
  /** The Misra–Gries counter: how firmly the term holds its place. */
  mass: number
  /** Sum of the scores of those posts that have one, and how many have. */
  score: number
  scored: number
}

/** JSON as text, so that one summary of many can be read when its turn comes. */
export type EncodedSummary = string

/** Sums of scores are encoded as whole millionths, which are read several times as fast as fractions. */
const SCORE_UNIT = 1e6

/**
 * The most used terms of a stream in bounded memory: at most twice `capacity` terms, however many there are.
 *
 * Exact until more than that were seen at once. Past it, the least used are forgotten by the rule of Misra and Gries
 * (1982), many at a time: the mass of the (capacity + 1)-th term is taken from all, and those left with none go. Each
 * such step takes that mass from more than `capacity` terms at once, so with n posts counted, a count misses at most
 * `error` ≤ n / (capacity + 1) posts, and every term in more posts than that is there. Summaries merge with the same
 * bound (Agarwal et al., "Mergeable Summaries", PODS 2012).
 */
export class TermSummary {
  readonly capacity: number
  readonly #cells = new Map<string, TermCell>()
  #error = 0
  #forgotten = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** The most posts that any count may miss. */
  get error(): number {
    return this.#error
  }

  /** How many times a term was forgotten. */
  get forgotten(): number {
    return this.#forgotten
  }

  get size(): number {
    return this.#cells.size
  }

  /** Counts a post with this term; `score` is null where the post has none. */
  observe(term: string, score: number | null): void {
    const cell = this.#cells.get(term)
    if (cell) {
      cell.count++
      cell.mass++
      if (score !== null) {
        cell.score += score
        cell.scored++
      }
    } else {
      this.#cells.set(term, { count: 1, mass: 1, score: score ?? 0, scored: score === null ? 0 : 1 })
      if (this.#cells.size > 2 * this.capacity) this.#forgetRarest()
    }
  }

  merge(other: TermSummary): void {
    this.#error += other.#error
    this.#forgotten += other.#forgotten
    for (const [term, { count, mass, score, scored }] of other.#cells) {
      const cell = this.#cells.get(term)
      if (cell) {
        cell.count += count
        cell.mass += mass
        cell.score += score
        cell.scored += scored
      } else {
        this.#cells.set(term, { count, mass, score, scored })
        if (this.#cells.size > 2 * this.capacity) this.#forgetRarest()
      }
    }
  }

  /** The k most used terms, most used first; equals in the order of their code units, so that the choice is stable. */
  top(k: number): [term: string, cell: TermCell][] {
    const best: [string, TermCell][] = []
    const comesBefore = (term: string, count: number, [other, { count: otherCount }]: [string, TermCell]) =>
      count > otherCount || (count === otherCount && term < other)
    for (const [term, cell] of this.#cells) {
      const last = best.at(-1)
      if (best.length === k && !(last && comesBefore(term, cell.count, last))) continue
      let place = best.length
      while (place > 0 && comesBefore(term, cell.count, best[place - 1] as [string, TermCell])) place--
      best.splice(place, 0, [term, cell])
      if (best.length > k) best.pop()
    }
    return best
  }

  encode(): EncodedSummary {
    const numbers: number[] = []
    for (const { count, mass, score, scored } of this.#cells.values())
      numbers.push(count, mass, Math.round(score * SCORE_UNIT), scored)
    return JSON.stringify([this.#error, this.#forgotten, [...this.#cells.keys()], numbers])
  }

  static decode(capacity: number, encoded: EncodedSummary): TermSummary {
    const [error, forgotten, terms, numbers] = JSON.parse(encoded) as [number, number, string[], number[]]
    const summary = new TermSummary(capacity)
    const numberAt = (place: number) => numbers[place] as number
    for (let i = 0, at = 0; i < terms.length; i++, at += 4)
      summary.#cells.set(terms[i] as string, {
        count: numberAt(at),
        mass: numberAt(at + 1),
        score: numberAt(at + 2) / SCORE_UNIT,
        scored: numberAt(at + 3),
      })
    summary.#error = error
    summary.#forgotten = forgotten
    return summary
  }

  #forgetRarest(): void {
    const masses = Float64Array.from(this.#cells.values(), cell => cell.mass).sort()
    const taken = masses[masses.length - 1 - this.capacity] as number
    for (const [term, cell] of this.#cells) {
      cell.mass -= taken
      if (cell.mass <= 0) {
        this.#cells.delete(term)
        this.#forgotten++
      }
    }
    this.#error += taken
  }
}
