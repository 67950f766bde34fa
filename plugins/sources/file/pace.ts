import { type Emitter, LINES, recordSplitter, sleep } from 'mood-exporter/plugin'
import type { FindTime } from './record-time.ts'

/** The most that a pace may fall behind, in milliseconds, before it gives up catching up: after a full queue, say. */
const MOST_BEHIND = 200

/** Says when records are due, in their order. Times are those of `performance.now()`, in milliseconds. */
export type Pace = (record: Buffer, now: number) => number

/** A number of records a second. */
export function steadyPace(rate: number): Pace {
  let next = Number.NEGATIVE_INFINITY
  return (_, now) => {
    const due = Math.max(next, now - MOST_BEHIND)
    next = due + 1000 / rate
    return due
  }
}

/**
 * By the records' own times, at a multiple of their speed. The first record is due at once and so is
 * every one without a time or that is older than the one before; one older than the first restarts the clock.
 */
export function ownPace(speed: number, findTime: FindTime, onMissing: () => void): Pace {
  let first: { time: number; at: number } | undefined
  return (line, now) => {
    const time = findTime(line)
    if (time === undefined) {
      onMissing()
      return now
    }
    if (!first || time < first.time) first = { time, at: now }
    return first.at + (time - first.time) / speed
  }
}

/**
 * Hands on the same text, records only when they are due. Ends early once the signal is aborted.
 *
 * @param emitter whose format says how text is cut into records
 * @param maxHeld the most bytes of a record to hold until its end has come; the rest of it is passed on unpaced
 */
export async function* paced(
  chunks: AsyncIterable<Buffer>,
  pace: Pace,
  emitter: Pick<Emitter, 'framing'>,
  maxHeld: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  /** Records that have not been handed on, and where in the text they are over. */
  const waiting: { record: Buffer; end: number }[] = []
  const splitter = recordSplitter(emitter.framing ?? LINES, maxHeld, {
    record: bytes => waiting.push({ record: Buffer.from(bytes), end: splitter.bytesCovered }),
    oversized: () => {},
  })
  let held: Buffer = Buffer.alloc(0)
  let start = 0
  /** The text up to a place, of what is held. */
  const upTo = (end: number) => {
    const part = held.subarray(0, end - start)
    held = held.subarray(end - start)
    start = end
    return part
  }
  const release = async function* () {
    let ready = start
    for (const { record, end } of waiting.splice(0)) {
      const due = pace(record, performance.now())
      if (due > performance.now()) {
        // Those before it are due already, and go together.
        if (ready > start) yield upTo(ready)
        await until(due, signal)
      }
      if (signal.aborted) return
      ready = end
    }
    if (ready > start) yield upTo(ready)
  }
  for await (const chunk of chunks) {
    held = held.length > 0 ? Buffer.concat([held, chunk]) : Buffer.from(chunk)
    splitter.write(chunk)
    yield* release()
    if (signal.aborted) return
    if (held.length > maxHeld) yield upTo(start + held.length)
  }
  splitter.end()
  yield* release()
  if (held.length > 0 && !signal.aborted) yield held
}

async function until(due: number, signal: AbortSignal): Promise<void> {
  while (due > performance.now() && !signal.aborted) await sleep(due - performance.now(), signal)
}
