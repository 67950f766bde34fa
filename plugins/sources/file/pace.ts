import { sleep } from 'mood-exporter/plugin'
import type { FindTime } from './record-time.ts'

const LF = 10

/** The most that a pace may fall behind, in milliseconds, before it gives up catching up: after a full queue, say. */
const MOST_BEHIND = 200

/** Says when records are due, in their order. Times are those of `performance.now()`, in milliseconds. */
export type Pace = (line: Buffer, now: number) => number

/** So many records a second. */
export function steadyPace(rate: number): Pace {
  let next = Number.NEGATIVE_INFINITY
  return (_, now) => {
    const due = Math.max(next, now - MOST_BEHIND)
    next = due + 1000 / rate
    return due
  }
}

/**
 * By the records' own times, so many times as fast as they were written. The first record is due at once and so is
 * every one without a time or that is older than the one before; one older than the first starts the clock anew.
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
 * Hands on the same bytes, lines only when they are due. Ends early once the signal is aborted.
 *
 * @param maxHeld the most bytes of a line to hold until its end has come; more of it goes on unpaced
 */
export async function* paced(
  chunks: AsyncIterable<Buffer>,
  pace: Pace,
  maxHeld: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = held.length > 0 ? Buffer.concat([held, chunk]) : chunk
    let sent = 0
    for (let start = 0; ; ) {
      const end = bytes.indexOf(LF, start) + 1
      if (end === 0) break
      const due = pace(bytes.subarray(start, end - 1), performance.now())
      if (due > performance.now()) {
        // Those before it are due already, and go together.
        if (start > sent) yield bytes.subarray(sent, start)
        sent = start
        await until(due, signal)
      }
      if (signal.aborted) return
      start = end
    }
    const lastEnd = bytes.lastIndexOf(LF) + 1
    if (lastEnd > sent) yield bytes.subarray(sent, lastEnd)
    held = Buffer.from(bytes.subarray(lastEnd))
    if (held.length <= maxHeld) continue
    yield held
    held = Buffer.alloc(0)
  }
  if (held.length === 0) return
  await until(pace(held, performance.now()), signal)
  if (!signal.aborted) yield held
}

async function until(due: number, signal: AbortSignal): Promise<void> {
  while (due > performance.now() && !signal.aborted) await sleep(due - performance.now(), signal)
}
