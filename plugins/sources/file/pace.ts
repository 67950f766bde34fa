import { type Emitter, LINES, recordSplitter, sleep } from 'mood-exporter/plugin'
import type { FindTime } from './record-time.ts'

/** The maximum delay that is caught up, in milliseconds; a longer one, for example after a full queue, is not. */
const MOST_BEHIND = 200

/** Computes when records are due, in order. Times are those of `performance.now()`, in milliseconds. */
export type Pace = (record: Buffer, now: number) => number

/** A constant number of records per second. */
export function steadyPace(rate: number): Pace {
  let next = Number.NEGATIVE_INFINITY
  return (_, now) => {
    const due = Math.max(next, now - MOST_BEHIND)
    next = due + 1000 / rate
    return due
  }
}

/**
 * By the times of the records, at a multiple of their speed. Due immediately are the first record and every record
 * without a time or older than the one before; a record older than the first restarts the clock.
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
 * Passes on the same text, with each record only when it is due. Ends early when the signal is aborted.
 *
 * @param emitter whose format determines how text is split into records
 * @param maxHeld the maximum of bytes of an unfinished record to keep; the rest of it is passed on without pacing
 */
export async function* paced(
  chunks: AsyncIterable<Buffer>,
  pace: Pace,
  emitter: Pick<Emitter, 'framing'>,
  maxHeld: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  /** Records that were not passed on, and where in the text they end. */
  const waiting: { record: Buffer; end: number }[] = []
  const splitter = recordSplitter(emitter.framing ?? LINES, maxHeld, {
    record: bytes => waiting.push({ record: Buffer.from(bytes), end: splitter.bytesCovered }),
    oversized: () => {},
  })
  let held: Buffer = Buffer.alloc(0)
  let start = 0
  /** The kept text up to an offset. */
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
        // The records before it are due already, and are passed on together.
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
