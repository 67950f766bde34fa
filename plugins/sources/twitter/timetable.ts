import { isObject, type Position } from 'mood-exporter/plugin'

/** How far back X can search, minus a margin in which pages may have to wait; milliseconds. */
const WEEK_MS = 7 * 86_400_000 - 10 * 60_000

/** The start of the searchable time, in whole seconds; Unix milliseconds. */
export const oldestAt = (now: number): number => floor(now - WEEK_MS, 1000) + 1000

/**
 * How long X needs until posts of a time can be found, in milliseconds: the distance from the present that X uses by
 * default.
 *
 * @see https://docs.x.com/x-api/posts/search/integrate/paginate
 */
export const SETTLE_MS = 30_000

/** Up to when posts were read before a restart, in Unix milliseconds; undefined if that is not known. */
export function readUntil(position: Position | undefined): number | undefined {
  return isObject(position) && typeof position.until === 'number' ? position.until : undefined
}

/** A span of time to search: from `from` up to, and not including, `to`; Unix milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Splits time into adjacent spans: each begins where the previous one ended.
 *
 * @param until the end of the last span, which is the start of the first
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

  /** The span up to now, and the part before it that X no longer has; null if there is none yet. */
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

/** A time in X's format, in whole seconds. */
export const xTime = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
