import { LineSplitter } from '../line-splitter.ts'
import { CsvSplitter } from './csv-splitter.ts'
import { JsonSplitter } from './json-splitter.ts'
import { WholeStream } from './whole-stream.ts'

/**
 * How a stream of bytes is split into records:
 *
 * - `lines`: a record is a line. A line that begins with `headers` is the header of the following ones, for a format
 *   that needs one;
 * - `csv`: also a line, but with line ends within quotes. If absent, delimiter and quote are detected from the first
 *   line of the stream (see `csvDialect`);
 * - `json`: a record is a JSON value, on one line or several, with any number on a line. The elements of an array are
 *   separate records, without the commas and brackets;
 * - `whole`: the whole stream is one record.
 */
export type Framing =
  | { readonly kind: 'lines'; readonly headers?: string | undefined }
  | {
      readonly kind: 'csv'
      readonly delimiter?: string | undefined
      readonly quote?: string | null | undefined
    }
  | {
      readonly kind: 'json'
      /**
       * `cut` (if absent): each element of an array is a record; `whole`: an array is one record, unless it contains
       * arrays.
       */
      readonly arrays?: 'cut' | 'whole' | undefined
      /** The keys, from the outside in, of the array in an object whose elements are the records. */
      readonly each?: readonly string[] | undefined
    }
  | { readonly kind: 'whole' }

/** The framing of formats that declare none. */
export const LINES: Framing = { kind: 'lines' }

/** Receives what a splitter finds, in order. `bytes` are views, valid only during the call. */
export interface RecordHandler {
  /** @param isOpen whether the record, which is broken, continues in the stream: `bytesCovered` is before it */
  record(bytes: Uint8Array, isOpen?: boolean): void
  /**
   * A record longer than the limit, as soon as it is: its first bytes. It is never held in memory as a whole.
   *
   * @param isOpen whether the record has not ended yet: `bytesCovered` is before it
   */
  oversized(sample: Uint8Array, isOpen?: boolean): void
  /**
   * A problem between records, such as an array without an end. Readable records are passed on nevertheless.
   *
   * @param unclosedFrom the offset in the stream of an array that has no end; undefined for other problems
   */
  malformed?(message: string, unclosedFrom?: number): void
}

/** Splits a stream of bytes, in chunks that may be cut anywhere, into records. Holds at most one record in memory. */
export interface RecordSplitter {
  write(chunk: Uint8Array): void
  /** Passes on the rest. */
  end(): void
  /** The offset of the first record that was not passed on: where to continue. */
  readonly bytesCovered: number
}

/**
 * @param maxBytes limit of a record
 * @param firstLine the first line of the stream, if this one continues it from the end of a record
 */
export function recordSplitter(
  framing: Framing,
  maxBytes: number,
  handler: RecordHandler,
  firstLine?: string,
): RecordSplitter {
  if (framing.kind === 'csv') return new CsvSplitter(framing, maxBytes, handler, firstLine)
  if (framing.kind === 'json') return new JsonSplitter(framing, maxBytes, handler)
  if (framing.kind === 'whole') return new WholeStream(maxBytes, handler)
  return new LineSplitter(maxBytes, {
    line: bytes => handler.record(bytes),
    oversized: (sample, isOpen) => handler.oversized(sample, isOpen),
  })
}
