/** How the fields of a CSV record are separated. */
export interface CsvDialect {
  /** One character. */
  readonly delimiter: string
  /** The character around fields that contain the delimiter or a line end, doubled within them; null for none. */
  readonly quote: string | null
}

/** The delimiters that are detected, most likely first. */
const DELIMITERS = [',', ';', '\t', '|']

/** The line that spreadsheets write before the header to name the delimiter. */
const SEPARATOR_LINE = /^\ufeff?"?sep=(.)"?[ \t]*(?:\r\n?|\n|$)/i

/**
 * Detects the dialect of a stream from its first line: the delimiter that a line `sep=;` names, otherwise whichever
 * of `,`, `;`, tab and `|` is most frequent outside of quotes. With tabs, quotes are only used if they are named, as
 * a tweet may well begin with one.
 *
 * @param named the parts that are given
 */
export function csvDialect(
  firstLine: string,
  { delimiter, quote }: { delimiter?: string | undefined; quote?: string | null | undefined } = {},
): CsvDialect {
  const found = delimiter ?? SEPARATOR_LINE.exec(firstLine)?.[1] ?? likeliestDelimiter(firstLine)
  return { delimiter: found, quote: quote === undefined ? usualQuote(found) : quote }
}

export const usualQuote = (delimiter: string): string | null => (delimiter === '\t' ? null : '"')

/** Whether a line names the delimiter, as spreadsheets write it. */
export const isSeparatorLine = (line: string): boolean => SEPARATOR_LINE.exec(line)?.[0] === line

/** The text without a leading line `sep=;`. */
export const withoutSeparatorLine = (text: string): string => text.replace(SEPARATOR_LINE, '')

function likeliestDelimiter(line: string): string {
  const unquoted = line.replace(/"(?:[^"]|"")*"/g, '')
  const counts = DELIMITERS.map(delimiter => unquoted.split(delimiter).length - 1)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] as string
}

/**
 * The fields of a record. Spaces around the quotes of a field are left out. A quote within an unquoted field is text,
 * and so are the quotes of a field in which something follows the closing one.
 *
 * @returns null if a quoted field is not closed
 */
export function csvFields(record: string, { delimiter, quote }: CsvDialect): string[] | null {
  // Most records have no quotes, and a plain split takes a fraction of the time.
  if (quote === null || !record.includes(quote)) return record.split(delimiter)
  const fields: string[] = []
  let at = 0
  for (;;) {
    const quoted = quotedField(record, at, delimiter, quote)
    if (quoted === null) return null
    const end = quoted?.end ?? endOfField(record, at, delimiter)
    fields.push(quoted?.value ?? record.slice(at, end))
    if (end === record.length) return fields
    at = end + delimiter.length
  }
}

function endOfField(record: string, at: number, delimiter: string): number {
  const end = record.indexOf(delimiter, at)
  return end < 0 ? record.length : end
}

/** The quoted field that begins at an index; undefined if none does, null if it is not closed. */
function quotedField(
  record: string,
  start: number,
  delimiter: string,
  quote: string,
): { value: string; end: number } | undefined | null {
  let at = afterSpaces(record, start, delimiter)
  if (!record.startsWith(quote, at)) return undefined
  at += quote.length
  let value = ''
  for (;;) {
    const close = record.indexOf(quote, at)
    if (close < 0) return null
    value += record.slice(at, close)
    at = close + quote.length
    if (!record.startsWith(quote, at)) break
    value += quote
    at += quote.length
  }
  at = afterSpaces(record, at, delimiter)
  return at === record.length || record.startsWith(delimiter, at) ? { value, end: at } : undefined
}

function afterSpaces(record: string, from: number, delimiter: string): number {
  let at = from
  while (record[at] === ' ' && delimiter !== ' ') at++
  return at
}
