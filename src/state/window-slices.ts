import { CounterTable } from './counters.ts'
import { ensure } from './ensure.ts'

/** Order of the sentiments in the counts of a {@link MoodCell}. */
export const SENTIMENTS = ['positive', 'neutral', 'negative', 'unknown'] as const
export type Sentiment = (typeof SENTIMENTS)[number]
export const UNKNOWN = 3

/** Posts by sentiment, and the sum of their scores. */
export class MoodCell {
  /** In the order of {@link SENTIMENTS}. */
  readonly posts: [number, number, number, number] = [0, 0, 0, 0]
  /** Sum of the scores of those that have one. */
  score = 0

  add(sentiment: number, score: number): void {
    this.posts[sentiment as 0]++
    this.score += score
  }

  merge(other: MoodCell): void {
    for (let i = 0; i < 4; i++) this.posts[i as 0] += other.posts[i as 0]
    this.score += other.score
  }

  get total(): number {
    return this.posts[0] + this.posts[1] + this.posts[2] + this.posts[3]
  }

  /** Mean of the scores; null if no post has one. */
  get mean(): number | null {
    const scored = this.posts[0] + this.posts[1] + this.posts[2]
    return scored === 0 ? null : this.score / scored
  }
}

export type EncodedMood = [key: string, posts: [number, number, number, number], score: number]

export function encodeMoods(moods: ReadonlyMap<string, MoodCell>): EncodedMood[] {
  const encoded: EncodedMood[] = []
  for (const [key, { posts, score }] of moods) encoded.push([key, posts, score])
  return encoded
}

export function decodeMoods(encoded: readonly EncodedMood[]): Map<string, MoodCell> {
  const moods = new Map<string, MoodCell>()
  for (const [key, posts, score] of encoded) {
    const cell = new MoodCell()
    for (let i = 0; i < 4; i++) cell.posts[i as 0] = posts[i as 0]
    cell.score = score
    moods.set(key, cell)
  }
  return moods
}

/** A slice of event time: the mood of its posts, by topic and scorer. */
export class WindowSlice {
  readonly moods = new Map<string, MoodCell>()
  /** Posts by source, so that late ones are counted by source. */
  readonly sources = new CounterTable()

  mood(key: string): MoodCell {
    return ensure(this.moods, key, () => new MoodCell())
  }

  merge(other: WindowSlice): void {
    for (const [key, cell] of other.moods) this.mood(key).merge(cell)
    this.sources.merge(other.sources)
  }
}

export type EncodedSlices = [start: number, moods: EncodedMood[], sources: [string, number][]][]

/** Start of the slice of this size (milliseconds) that an event time (Unix milliseconds) falls in. */
export const sliceStart = (eventTime: number, size: number): number =>
  eventTime - (((eventTime % size) + size) % size)

/** The slices of one window, each as long as the window slides. */
export class WindowSlices {
  readonly slide: number
  readonly #slices = new Map<number, WindowSlice>()
  #lastStart = Number.NaN
  #last: WindowSlice = new WindowSlice()

  /** @param slide milliseconds */
  constructor(slide: number) {
    this.slide = slide
  }

  get size(): number {
    return this.#slices.size
  }

  entries(): MapIterator<[start: number, slice: WindowSlice]> {
    return this.#slices.entries()
  }

  get(start: number): WindowSlice | undefined {
    return this.#slices.get(start)
  }

  /**
   * The slice of an event time (Unix milliseconds). Consecutive posts mostly share a slice, so the last one is
   * cached.
   */
  at(eventTime: number): WindowSlice {
    const start = sliceStart(eventTime, this.slide)
    if (start === this.#lastStart) return this.#last
    this.#lastStart = start
    this.#last = ensure(this.#slices, start, () => new WindowSlice())
    return this.#last
  }

  delete(start: number): void {
    this.#slices.delete(start)
    this.#lastStart = Number.NaN
  }

  reset(): void {
    this.#slices.clear()
    this.#lastStart = Number.NaN
  }

  encode(): EncodedSlices {
    return Array.from(this.#slices, ([start, { moods, sources }]) => [
      start,
      encodeMoods(moods),
      sources.encode(),
    ])
  }

  decode(encoded: EncodedSlices): void {
    for (const [start, moods, sources] of encoded) {
      const slice = this.at(start)
      for (const [key, cell] of decodeMoods(moods)) slice.moods.set(key, cell)
      slice.sources.merge(CounterTable.decode(sources))
    }
  }
}
