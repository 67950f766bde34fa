import { LineSplitter } from '../line-splitter.ts'
import { CsvSplitter } from './csv-splitter.ts'
import { JsonSplitter } from './json-splitter.ts'
import { WholeStream } from './whole-stream.ts'

/**
 * How a stream of bytes is cut into records:
 *
 * - `lines`: a record is a line. One that begins with `headers` is the header of those behind it, for a format that
 *   needs one;
 * - `csv`: a line too, but line ends within quotes belong to it. Delimiter and quote follow from the stream's first line
 *   where they are absent (see `csvDialect`);
 * - `json`: a record is a JSON value, on one line or over several, with any number on a line. The elements of an
 *   array are records of their own, with the commas between them and the brackets around them left out;
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
      /** `whole` where an array is one record, unless it is one of arrays; `cut` where absent. */
      readonly arrays?: 'cut' | 'whole' | undefined
      /** Where in an object the array is whose elements are the records: keys from the outside in. */
      readonly each?: readonly string[] | undefined
    }
  | { readonly kind: 'whole' }

/** How streams are cut whose format does not say. */
export const LINES: Framing = { kind: 'lines' }

/** What a splitter finds, in order. `bytes` are views that are valid during the call only. */
export interface RecordHandler {
  /** @param isOpen whether more of the stream belongs to the record, which is broken: `bytesCovered` is before it */
  record(bytes: Uint8Array, isOpen?: boolean): void
  /**
   * A record longer than the limit, as soon as it is: the first bytes of it. It is never held in memory whole.
   *
   * @param isOpen whether the record has yet to end: `bytesCovered` is before it
   */
  oversized(sample: Uint8Array, isOpen?: boolean): void
  /** What is wrong between records, such as an array without an end. What can be read is handed over all the same. */
  malformed?(message: string): void
}

/** Cuts a stream of bytes, in chunks that may be cut anywhere, into records. Holds no more than one may have. */
export interface RecordSplitter {
  write(chunk: Uint8Array): void
  /** Hands over what is left. */
  end(): void
  /** Bytes of the stream before the first record that has not been handed over: where to continue. */
  readonly bytesCovered: number
}

/**
 * @param maxBytes of a record
 * @param firstLine of the stream, where this one continues it from the end of a record
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
