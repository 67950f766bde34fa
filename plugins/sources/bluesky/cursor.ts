import { isObject, type Position } from 'mood-exporter/plugin'

/** Cursors from here up are times in microseconds, smaller ones are sequence numbers of one instance. */
const LEAST_TIME = 1e15

/** The position of the stream: the last emitted event. */
export interface Cursor {
  /** The instance of the sequence number. */
  readonly host: string
  /** Its sequence number, which is valid only on that instance; null on wire v1, which has none. */
  readonly seq: number | null
  /** When that instance saw it, in microseconds since 1970. Other instances saw it at about the same time. */
  readonly at: number
}

/** A committed position, if it is valid. */
export function cursorOf(position: Position | undefined): Cursor | null {
  if (!isObject(position)) return null
  const { host, seq, at } = position
  const isSeq = seq === null || (Number.isSafeInteger(seq) && (seq as number) < LEAST_TIME)
  if (typeof host !== 'string' || !isSeq || !Number.isSafeInteger(at)) return null
  return { host, seq: seq as number | null, at: at as number }
}

export const positionOf = ({ host, seq, at }: Cursor): Position => ({ host, seq, at })

/**
 * The parameter `cursor` to resume on an instance: on the instance of the event its sequence number (on v1, its
 * time), on any other its time minus a margin. Both are inclusive.
 *
 * @param rewindMs the margin, in milliseconds
 * @see https://github.com/bluesky-social/jetstream/blob/main/docs/README.md "cursors are instance-local"
 */
export function cursorFor({ host, seq, at }: Cursor, on: string, rewindMs: number): number {
  if (host !== on) return Math.max(LEAST_TIME, at - rewindMs * 1000)
  return seq ?? at
}
