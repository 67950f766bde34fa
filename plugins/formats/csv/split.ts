import { parse } from 'csv-parse/sync'
import { InvalidRecord, shown } from 'mood-exporter/plugin'

const BYTE_ORDER_MARK = 0xfeff

/**
 * Makes the function that cuts a line into its fields.
 *
 * @param quote the character around fields that hold the delimiter, doubled within them; null where there is none
 */
export function lineSplitter(delimiter: string, quote: string | null): (line: string) => string[] {
  const options = {
    delimiter,
    quote,
    escape: quote,
    // A quote inside an unquoted field is text: people write so.
    relax_quotes: true,
    relax_column_count: true,
  }
  return line => {
    if (line.charCodeAt(0) === BYTE_ORDER_MARK) line = line.slice(1)
    // Most lines hold no quote, and a plain split takes a fortieth of the time.
    return quote === null || !line.includes(quote) ? line.split(delimiter) : parseQuoted(line)
  }

  function parseQuoted(line: string): string[] {
    let rows: string[][]
    try {
      rows = parse(line, options)
    } catch (error) {
      throw new InvalidRecord(`expected a line of CSV, got ${shown(line)} (${(error as Error).message})`)
    }
    const [fields, ...more] = rows
    if (fields === undefined || more.length > 0)
      throw new InvalidRecord(`expected one line of CSV, got ${rows.length}: ${shown(line)}`)
    return fields
  }
}
