import { textOf } from './text.ts'

/** A line of a file, without its line end. */
export interface Line {
  /** Counted from 1. */
  line: number
  text: string
}

const LF = 10
const NOTHING = Buffer.alloc(0)

/**
 * The lines of a file, empty ones included, many at a time, in constant memory except for a long line.
 *
 * @throws DataError if it cannot be read, is damaged, or is not text
 */
export async function* linesOf(file: string): AsyncGenerator<Line[]> {
  let line = 1
  let rest: Buffer = NOTHING
  const cut = (block: Buffer) => {
    const lines = asLines(block.toString(), line)
    line += lines.length
    return lines
  }
  for await (const chunk of textOf(file, undefined, () => line)) {
    const block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = block.lastIndexOf(LF)
    rest = Buffer.from(block.subarray(end + 1))
    if (end >= 0) yield cut(block.subarray(0, end))
  }
  if (rest.length > 0) yield cut(rest)
}

const asLines = (text: string, first: number): Line[] =>
  text
    .split('\n')
    .map((text, i) => ({ line: first + i, text: text.endsWith('\r') ? text.slice(0, -1) : text }))
