import { type Framing, recordSplitter } from './records/framing.ts'
import type { LineOptions, LineStream, Position } from './source.ts'

/** Why a record of a stream is dropped before it is decoded. */
export type StreamDrop = 'oversized' | 'invalid'

/** Returns a position; undefined if the source cannot be resumed there. */
export type PositionAt = () => Position | undefined

/** Receives the records of a stream. */
export interface RecordTarget {
  /** Whether the format needs the first record of each stream. */
  readonly header: boolean
  /** How the streams of the format are split. */
  readonly framing: Framing
  /** Receives a record and, if it is known, the position after it. The memory of the record is reused afterwards. */
  record(bytes: Uint8Array, header: string | undefined, position: PositionAt | undefined): void
  /** Logs that a record is dropped, as soon as that is known. `sample` is its start. */
  report(reason: StreamDrop, sample: Uint8Array, message?: string): void
  /** Counts a logged record, once the position after it is known, if there are positions. */
  drop(reason: StreamDrop, sample: Uint8Array, position: PositionAt | undefined): void
  /** Logs a problem between records. */
  malformed(message: string): void
  /** Resolves when there is room for more records. */
  room(): Promise<void>
}

/** A finding about a record that has not ended: passed on once the record is read to its end. */
interface Held {
  covered: number
  handOver(position: PositionAt | undefined): void
}

/** Splits a stream of bytes into records: implements {@link LineStream} for the exporter and the test kit. */
export function streamRecords(
  target: RecordTarget,
  maxRecordBytes: number,
  { header: known }: LineOptions = {},
): LineStream {
  let header = known && Buffer.from(known).toString('utf8')
  const { framing } = target
  const prefix =
    target.header && framing.kind === 'lines' && framing.headers !== undefined
      ? Buffer.from(framing.headers)
      : undefined
  let awaitsHeader = target.header && header === undefined && prefix === undefined
  let onlyHeader = false
  let positionOf: ((bytesCovered: number) => Position | undefined) | undefined
  let held: Held | undefined

  const takeHeader = (bytes: Uint8Array) => {
    header = Buffer.from(bytes).toString('utf8')
    awaitsHeader = false
    onlyHeader = true
  }
  const position = () => {
    const at = positionOf
    const covered = splitter.bytesCovered
    return at && (() => at(covered))
  }
  /** Passes on what was kept, once its record has ended. */
  const settle = (at: PositionAt | undefined) => {
    if (!held || held.covered === splitter.bytesCovered) return
    const { handOver } = held
    held = undefined
    handOver(at)
  }
  /**
   * Passes on something with the position after it. Within a record there is none: the counts of an unfinished record
   * wait for its end, since a restart in between would count it twice.
   */
  const emit = (isOpen: boolean, handOver: Held['handOver']) => {
    // The position of the following record is right after it.
    settle(undefined)
    if (isOpen && positionOf) held = { covered: splitter.bytesCovered, handOver }
    else handOver(position())
  }
  const splitter = recordSplitter(
    framing,
    maxRecordBytes,
    {
      record: (bytes, isOpen = false) => {
        if (prefix && startsWith(bytes, prefix)) {
          header = Buffer.from(bytes).toString('utf8')
          return
        }
        if (awaitsHeader) {
          // It has no position of its own: that of the following record covers it.
          takeHeader(bytes)
          return
        }
        onlyHeader = false
        const record = isOpen ? Uint8Array.from(bytes) : bytes
        emit(isOpen, at => target.record(record, header, at))
      },
      oversized: (bytes, isOpen = false) => {
        const sample = Uint8Array.from(bytes)
        // Without its header no record can be read: each is rejected for that, and none is mistaken for the header.
        if (awaitsHeader) takeHeader(sample)
        onlyHeader = false
        target.report('oversized', sample)
        emit(isOpen, at => target.drop('oversized', sample, at))
      },
      malformed: message => target.malformed(message),
    },
    header,
  )
  return {
    get bytesCovered() {
      return splitter.bytesCovered
    },
    async write(chunk, at) {
      positionOf = at
      splitter.write(chunk)
      settle(position())
      await target.room()
    },
    async end() {
      splitter.end()
      settle(position())
      if (onlyHeader && header !== undefined) {
        const sample = Buffer.from(header)
        target.report('invalid', sample, `a header of ${sample.length} bytes and no record after it`)
        target.drop('invalid', sample, position())
        onlyHeader = false
      }
      await target.room()
    },
  }
}

const startsWith = (bytes: Uint8Array, prefix: Buffer) =>
  bytes[0] === prefix[0] && prefix.equals(bytes.subarray(0, prefix.length))
