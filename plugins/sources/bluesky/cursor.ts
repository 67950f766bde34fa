import { isObject, type Position } from 'mood-exporter/plugin'

/** From here on a number is a time in microseconds for Jetstream, and below it a sequence number of one instance. */
const LEAST_TIME = 1e15

/** Where the stream is: the last event that was handed over. */
export interface Cursor {
  /** The instance that numbered it. */
  readonly host: string
  /** Its sequence number, which counts on that instance alone; null on the wire v1, which has none. */
  readonly seq: number | null
  /** When that instance saw it, in microseconds since 1970. Other instances saw it at about the same time. */
  readonly at: number
}

/** A committed position, where it is one of this source. */
export function cursorOf(position: Position | undefined): Cursor | null {
  if (!isObject(position)) return null
  const { host, seq, at } = position
  const isSeq = seq === null || (Number.isSafeInteger(seq) && (seq as number) < LEAST_TIME)
  if (typeof host !== 'string' || !isSeq || !Number.isSafeInteger(at)) return null
  return { host, seq: seq as number | null, at: at as number }
}

export const positionOf = ({ host, seq, at }: Cursor): Position => ({ host, seq, at })

/**
 * The parameter `cursor` that resumes on an instance: on the one that numbered the event its number (on v1, its time),
 * and on any other one its time, somewhat earlier. Both are inclusive.
 *
 * @param rewindMs how much earlier, in milliseconds
 * @see https://github.com/bluesky-social/jetstream/blob/main/docs/README.md "cursors are instance-local"
 */
export function cursorFor({ host, seq, at }: Cursor, on: string, rewindMs: number): number {
  if (host !== on) return Math.max(LEAST_TIME, at - rewindMs * 1000)
  return seq ?? at
}
