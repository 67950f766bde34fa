import { isUtf8 } from 'node:buffer'
import { type Framing, recordSplitter } from '../plugin/index.ts'
import { DataError } from './data-error.ts'
import { LineCount } from './line-count.ts'
import { type Line, textOf } from './lines.ts'

/** Notes on a file besides its records. */
export interface RecordNotes {
  /** Records that are not valid in their encoding; U+FFFD replaces invalid bytes. */
  damaged: number
  /** The line of the first of them. */
  firstDamaged: number
}

/** How a file is split into records. */
export interface Cutting {
  framing: Framing
  /** By its name in the Encoding Standard; undefined if it is not given. */
  encoding: string | undefined
}

/** A longer record is not a post: the file is probably not text, or has no lines. */
const MAX_RECORD_BYTES = 2 ** 20

/**
 * The records of a file with their first lines, many at a time, in constant memory, split as sources split them.
 *
 * @param notes collects problems
 * @throws DataError if it cannot be read, is damaged, is not text, or ends within an array
 */
export async function* recordsOf(
  file: string,
  { framing, encoding }: Cutting,
  notes?: RecordNotes,
): AsyncGenerator<Line[]> {
  const lines = new LineCount()
  let found: Line[] = []
  let unclosedFrom: number | undefined
  const splitter = recordSplitter(framing, MAX_RECORD_BYTES, {
    record(bytes, isOpen) {
      const line = lines.firstOf(bytes, splitter.bytesCovered, isOpen)
      if (notes && !isUtf8(bytes) && notes.damaged++ === 0) notes.firstDamaged = line
      found.push({ line, text: Buffer.from(bytes).toString() })
    },
    oversized(sample, isOpen) {
      throw new DataError(file, {
        line: lines.firstOf(sample, splitter.bytesCovered, isOpen),
        message: 'expected lines of text, got one longer than 1 MiB',
      })
    },
    malformed(_, from) {
      unclosedFrom = from ?? unclosedFrom
    },
  })
  const take = () => {
    const records = found
    found = []
    return records
  }
  for await (const chunk of textOf(file, encoding, () => lines.last)) {
    lines.add(chunk)
    splitter.write(chunk)
    yield take()
  }
  splitter.end()
  if (unclosedFrom !== undefined)
    throw new DataError(file, {
      line: await lineAt(unclosedFrom, file, encoding),
      message: 'the JSON array that begins here does not end: the file may be incomplete',
    })
  yield take()
}

/** The line at an offset in the text. It is read again, as only the last line ends are in memory. */
async function lineAt(place: number, file: string, encoding: string | undefined): Promise<number> {
  const lines = new LineCount()
  let bytes = 0
  for await (const chunk of textOf(file, encoding, () => lines.last)) {
    lines.add(chunk)
    bytes += chunk.length
    if (bytes > place) break
  }
  return lines.at(place)
}

/** The first record of a file. @throws DataError if there is none */
export async function firstRecord(file: string, cutting: Cutting): Promise<Line> {
  for await (const records of recordsOf(file, cutting)) {
    const first = records.find(({ text }) => text.trim() !== '')
    if (first) return first
  }
  throw new DataError(file, { message: 'is empty' })
}
