import { parseTime } from 'mood-exporter/plugin'

const BACKSLASH = 92
const COLON = 58
const COMMA = 44
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39
const SPACE = 32
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93

/** Finds the time in a raw record: milliseconds since 1970-01-01 UTC, or undefined if there is none. */
export type FindTime = (line: Buffer) => number | undefined

function timeOf(text: string): number | undefined {
  const time = parseTime(text)
  return Number.isNaN(time) ? undefined : time
}

const isQuote = (byte: number | undefined) => byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE

/** The index of the quote that ends the string beginning at `start`, or the end of the line. */
function endOfString(line: Buffer, start: number): number {
  const quote = line[start]
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === BACKSLASH) at++
    else if (line[at] === quote) return at
  }
  return line.length
}

function skipSpaces(line: Buffer, at: number): number {
  while (line[at] === SPACE) at++
  return at
}

function scalarAt(line: Buffer, start: number): string {
  if (isQuote(line[start])) return line.toString('utf8', start + 1, endOfString(line, start))
  let end = start
  while (end < line.length && line[end] !== COMMA && line[end] !== CLOSE_BRACE) end++
  return line.toString('utf8', start, end).trim()
}

/**
 * Finds the time in a field of a JSON object without parsing the rest, in one pass. Strings may be in single quotes,
 * so that the `repr` of a Python dict works too.
 *
 * @param field a field's name, or a path of them such as `/data/created_at`
 */
export function timeInField(field: string): FindTime {
  const names = (field.startsWith('/') ? field.slice(1).split('/') : [field]).map(name => Buffer.from(name))
  return line => {
    let depth = 0
    // The matched fields of the path: the next one must be found one level deeper.
    let found = 0
    for (let at = 0; at < line.length; at++) {
      const byte = line[at]
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (--depth <= found) return undefined
      } else if (isQuote(byte)) {
        const end = endOfString(line, at)
        const colon = skipSpaces(line, end + 1)
        const name = names[found] as Buffer
        const isNext = depth === found + 1 && line[colon] === COLON && isAt(line, at + 1, end, name)
        at = end
        if (!isNext) continue
        const value = skipSpaces(line, colon + 1)
        if (found === names.length - 1) return timeOf(scalarAt(line, value))
        if (line[value] !== OPEN_BRACE) return undefined
        found++
      }
    }
    return undefined
  }
}

const isAt = (line: Buffer, start: number, end: number, name: Buffer) =>
  end - start === name.length && line.compare(name, 0, name.length, start, end) === 0

/** Finds the time in a column of delimited text, by its number from 1. A column may be in double quotes. */
export function timeInColumn(column: number, delimiter: string): FindTime {
  const separator = Buffer.from(delimiter)
  return line => {
    let at = 0
    for (let skipped = 1; skipped < column; skipped++) {
      at = line.indexOf(separator, endOfCell(line, at))
      if (at < 0) return undefined
      at += separator.length
    }
    if (line[at] === DOUBLE_QUOTE) return timeOf(line.toString('utf8', at + 1, endOfCell(line, at) - 1))
    const end = line.indexOf(separator, at)
    return timeOf(line.toString('utf8', at, end < 0 ? line.length : end).trim())
  }
}

/** The index after the quoted cell that begins here; the index itself if none does. Quotes inside are doubled. */
function endOfCell(line: Buffer, start: number): number {
  if (line[start] !== DOUBLE_QUOTE) return start
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] !== DOUBLE_QUOTE) continue
    if (line[at + 1] !== DOUBLE_QUOTE) return at + 1
    at++
  }
  return line.length
}
