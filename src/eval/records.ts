import { isUtf8 } from 'node:buffer'
import { type Framing, recordSplitter } from '../plugin/index.ts'
import { DataError } from './data-error.ts'
import { LineCount } from './line-count.ts'
import type { Line } from './lines.ts'
import { textOf } from './text.ts'

/** What there is to say of a file besides its records. */
export interface RecordNotes {
  /** Records that are not valid in their encoding: U+FFFD stands for what could not be read. */
  damaged: number
  /** The line of the first of them. */
  firstDamaged: number
}

/** How the records of a file are found. */
export interface Cutting {
  framing: Framing
  /** By its name in the Encoding Standard; undefined where nothing was said of it. */
  encoding: string | undefined
}

/** A longer record is no post: the file is probably no text, or has no lines. */
const MAX_RECORD_BYTES = 2 ** 20

/**
 * The records of a file and the lines they begin on, many at a time and in constant memory, cut as sources cut them.
 *
 * @param notes is added to
 * @throws DataError where it cannot be read, is damaged, or is no text
 */
export async function* recordsOf(
  file: string,
  { framing, encoding }: Cutting,
  notes?: RecordNotes,
): AsyncGenerator<Line[]> {
  const lines = new LineCount()
  let found: Line[] = []
  const splitter = recordSplitter(framing, MAX_RECORD_BYTES, {
    record(bytes) {
      const line = lines.firstOf(bytes, splitter.bytesCovered)
      if (notes && !isUtf8(bytes) && notes.damaged++ === 0) notes.firstDamaged = line
      found.push({ line, text: Buffer.from(bytes).toString() })
    },
    oversized() {
      throw new DataError(file, {
        line: lines.at(splitter.bytesCovered),
        message: 'expected lines of text, got one longer than 1 MiB',
      })
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
  yield take()
}

/** The first record of a file. @throws DataError where there is none */
export async function firstRecord(file: string, cutting: Cutting): Promise<Line> {
  for await (const records of recordsOf(file, cutting)) {
    const first = records.find(({ text }) => text.trim() !== '')
    if (first) return first
  }
  throw new DataError(file, { message: 'is empty' })
}
