import { isObject, type Position } from 'mood-exporter/plugin'

/** X goes back this far, but for a margin in which pages may have to wait; milliseconds. */
const WEEK_MS = 7 * 86_400_000 - 10 * 60_000

/** From when on X still has posts, in whole seconds; Unix milliseconds. */
export const oldestAt = (now: number): number => floor(now - WEEK_MS, 1000) + 1000

/**
 * How long X has to find a post before it is asked for the time in which that was written, in milliseconds: what X keeps
 * from the present itself unless it is asked otherwise.
 *
 * @see https://docs.x.com/x-api/posts/search/integrate/paginate
 */
export const SETTLE_MS = 30_000

/** Up to when posts were read before a restart, in Unix milliseconds; undefined where there is nothing of it. */
export function readUntil(position: Position | undefined): number | undefined {
  return isObject(position) && typeof position.until === 'number' ? position.until : undefined
}

/** A span of time to ask X for: from the one on, and before the other; Unix milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Cuts time into spans, one after the other without a gap: each begins where the one before ended.
 *
 * @param until where the last one ended; where the first begins
 * @param stepMs spans begin and end at multiples of it, in Unix milliseconds
 */
export class Timetable {
  #until: number
  readonly #stepMs: number

  constructor(until: number, stepMs: number) {
    this.#until = floor(until, stepMs)
    this.#stepMs = stepMs
  }

  get until(): number {
    return this.#until
  }

  /** The span up to now, and what before it X no longer has; null where there is none yet. */
  next(now: number): { span: Span; lostMs: number } | null {
    const to = floor(now - SETTLE_MS, this.#stepMs)
    const from = Math.max(this.#until, floor(now - WEEK_MS, this.#stepMs) + this.#stepMs)
    if (to <= from) return null
    return { span: { from, to }, lostMs: from - this.#until }
  }

  /** A span was read. */
  read({ to }: Span): void {
    this.#until = to
  }
}

const floor = (at: number, step: number) => Math.floor(at / step) * step

/** A time as X wants it: to the second. */
export const xTime = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
