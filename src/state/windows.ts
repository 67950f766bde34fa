import { CounterTable } from './counters.ts'
import { ensure } from './ensure.ts'

/** Places of the sentiments in a mood's counts. */
export const SENTIMENTS = ['positive', 'neutral', 'negative', 'unknown'] as const
export type Sentiment = (typeof SENTIMENTS)[number]
export const UNKNOWN = 3

/** How posts felt: how many of each sentiment, and the sum of their scores. */
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

  /** Mean of the scores; null where no post has one. */
  get mean(): number | null {
    const scored = this.posts[0] + this.posts[1] + this.posts[2]
    return scored === 0 ? null : this.score / scored
  }
}

/** A piece of event time: the mood of the posts written in it, by topic and scorer. */
export class Pane {
  readonly moods = new Map<string, MoodCell>()
  /** Posts by source, to say whose came late. */
  readonly sources = new CounterTable()

  mood(key: string): MoodCell {
    return ensure(this.moods, key, () => new MoodCell())
  }

  merge(other: Pane): void {
    for (const [key, cell] of other.moods) this.mood(key).merge(cell)
    this.sources.merge(other.sources)
  }
}

/** A window's shape, in milliseconds. */
export interface WindowShape {
  /** `1m`: the label. */
  label: string
  size: number
  /** Divides the size. A tumbling window slides by its size. */
  slide: number
  lateness: number
}

export type EncodedPanes = [
  start: number,
  moods: [key: string, posts: [number, number, number, number], score: number][],
  sources: [string, number][],
][]

/** The panes of one window: event time cut into pieces as long as the window slides. */
export class WindowPanes {
  readonly shape: WindowShape
  readonly #panes = new Map<number, Pane>()
  #lastStart = Number.NaN
  #last: Pane = new Pane()

  constructor(shape: WindowShape) {
    this.shape = shape
  }

  get size(): number {
    return this.#panes.size
  }

  entries(): MapIterator<[start: number, pane: Pane]> {
    return this.#panes.entries()
  }

  get(start: number): Pane | undefined {
    return this.#panes.get(start)
  }

  /** The pane that an event time (Unix milliseconds) falls in. Neighbouring posts share theirs, so it is kept at hand. */
  at(eventTime: number): Pane {
    const start = eventTime - (((eventTime % this.shape.slide) + this.shape.slide) % this.shape.slide)
    if (start === this.#lastStart) return this.#last
    this.#lastStart = start
    this.#last = ensure(this.#panes, start, () => new Pane())
    return this.#last
  }

  delete(start: number): void {
    this.#panes.delete(start)
    this.#lastStart = Number.NaN
  }

  merge(other: WindowPanes): void {
    for (const [start, pane] of other.#panes) this.at(start).merge(pane)
  }

  reset(): void {
    this.#panes.clear()
    this.#lastStart = Number.NaN
  }

  encode(): EncodedPanes {
    return [...this.#panes].map(([start, { moods, sources }]) => [
      start,
      [...moods].map(([key, { posts, score }]) => [key, posts, score]),
      sources.encode(),
    ])
  }

  static decode(shape: WindowShape, encoded: EncodedPanes): WindowPanes {
    const panes = new WindowPanes(shape)
    for (const [start, moods, sources] of encoded) {
      const pane = panes.at(start)
      for (const [key, posts, score] of moods) {
        const cell = pane.mood(key)
        posts.forEach((n, i) => {
          cell.posts[i as 0] = n
        })
        cell.score = score
      }
      pane.sources.merge(CounterTable.decode(sources))
    }
    return panes
  }
}
