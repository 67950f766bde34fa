import type { Random } from './random.ts'

/** How long things are apart, from and to, in milliseconds. */
export type Spans<What extends string> = Readonly<Record<What, readonly [from: number, to: number]>>

/** Says when something is due that happens again and again, at random times. */
export class Timetable<What extends string> {
  readonly #spans: Spans<What>
  readonly #random: Random
  readonly #next = new Map<What, number>()

  constructor(spans: Spans<What>, random: Random) {
    this.#spans = spans
    this.#random = random
  }

  /** True once a time has come; then the next one is chosen. The first call only chooses. */
  isDue(what: What, now: number): boolean {
    const next = this.#next.get(what)
    if (next !== undefined && now < next) return false
    const [from, to] = this.#spans[what]
    this.#next.set(what, now + this.#random.between(from, to))
    return next !== undefined
  }
}
