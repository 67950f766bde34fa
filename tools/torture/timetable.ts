import type { Random } from './random.ts'

/** The shortest and longest interval, in milliseconds. */
export type Spans<What extends string> = Readonly<Record<What, readonly [from: number, to: number]>>

/** Says when a recurring event is due, at random intervals. */
export class Timetable<What extends string> {
  readonly #spans: Spans<What>
  readonly #random: Random
  readonly #next = new Map<What, number>()

  constructor(spans: Spans<What>, random: Random) {
    this.#spans = spans
    this.#random = random
  }

  /** True if the event is due; then the next time is chosen. The first call only chooses a time. */
  isDue(what: What, now: number): boolean {
    const next = this.#next.get(what)
    if (next !== undefined && now < next) return false
    const [from, to] = this.#spans[what]
    this.#next.set(what, now + this.#random.between(from, to))
    return next !== undefined
  }
}
