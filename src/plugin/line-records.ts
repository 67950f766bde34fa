import { LineSplitter } from './line-splitter.ts'
import type { LineOptions, LineStream, Position } from './source.ts'

/** Where the records of a line stream go. */
export interface LineTarget {
  /** Whether the format needs the first line of each stream. */
  readonly header: boolean
  /** Takes a record and, where it is known, the position after it. The record's memory is used again afterwards. */
  record(bytes: Uint8Array, header: string | undefined, position: (() => Position) | undefined): void
  /** Counts a record that is too long, of which `sample` is the start. */
  oversized(sample: Uint8Array, position: (() => Position) | undefined): void
  /** Notes that a line without a record, such as a header, was read. */
  moved(position: (() => Position) | undefined): void
  /** Resolves when there is room for more records. */
  room(): Promise<void>
}

/** Cuts a stream of bytes into lines: what {@link LineStream} promises, for the exporter and for the test kit alike. */
export function lineRecords(
  target: LineTarget,
  maxRecordBytes: number,
  { header: known }: LineOptions = {},
): LineStream {
  let header = known && Buffer.from(known).toString('utf8')
  let awaitsHeader = target.header && header === undefined
  let positionOf: ((bytesCovered: number) => Position) | undefined
  const position = () => {
    const at = positionOf
    const covered = splitter.bytesCovered
    return at && (() => at(covered))
  }
  const splitter = new LineSplitter(maxRecordBytes, {
    line: bytes => {
      if (awaitsHeader) {
        header = Buffer.from(bytes).toString('utf8')
        awaitsHeader = false
        target.moved(position())
      } else target.record(bytes, header, position())
    },
    oversized: sample => target.oversized(sample, position()),
  })
  return {
    async write(chunk, at) {
      positionOf = at
      splitter.write(chunk)
      await target.room()
    },
    async end() {
      splitter.end()
      await target.room()
    },
  }
}
