import {
  type CsvDialect,
  csvDialect,
  csvFields,
  defineFormat,
  type Framing,
  InvalidRecord,
  shown,
  timeReader,
  unexpected,
  withoutSeparatorLine,
} from 'mood-exporter/plugin'
import { textReader } from '../html-option.ts'
import { type Columns, findColumns } from './columns.ts'
import { csvOptions, quoteNamed } from './options.ts'

const BYTE_ORDER_MARK = '\ufeff'

/** How the lines of a stream are parsed. */
interface Layout {
  dialect: CsvDialect
  columns: Columns
}

export default defineFormat({
  name: 'csv',
  description: 'Comma- or tab-separated values, a row a post, with a header or without.',
  options: csvOptions,
  async create({ delimiter, quote, header, columns: names, time_format, html, ...refs }) {
    const timeFormat = timeReader(time_format)
    const textOf = await textReader(html)
    const hasHeader = header ?? names === undefined
    const named = { delimiter: delimiter ?? (hasHeader ? undefined : ','), quote: quoteNamed(quote) }
    const fixed = names || !hasHeader ? findColumns(refs, names ?? null) : undefined
    const headless = hasHeader ? undefined : csvDialect('', named)

    // Consecutive rows mostly have the same header, so the last one is cached.
    let lastHeader: string | undefined
    let lastLayout: Layout
    function layoutOf(header: string | undefined): Layout {
      if (fixed && headless) return { dialect: headless, columns: fixed }
      if (header === undefined)
        throw new InvalidRecord('header: expected a first line with names, got nothing')
      if (header !== lastHeader) {
        lastLayout = layoutBy(header)
        lastHeader = header
      }
      return lastLayout
    }

    function layoutBy(header: string): Layout {
      const dialect = csvDialect(header, named)
      if (fixed) return { dialect, columns: fixed }
      const line = withoutSeparatorLine(header.startsWith(BYTE_ORDER_MARK) ? header.slice(1) : header)
      try {
        return { dialect, columns: findColumns(refs, fieldsOf(line, dialect)) }
      } catch (error) {
        throw new InvalidRecord((error as Error).message + didYouMean(line, dialect.delimiter))
      }
    }

    const framing: Framing = { kind: 'csv', ...named }
    return {
      header: hasHeader,
      framing,
      decode(row, record) {
        const { dialect, columns } = layoutOf(hasHeader ? record.header : undefined)
        const fields = fieldsOf(row, dialect)
        if (columns.named ? fields.length !== columns.count : fields.length < columns.count)
          throw miscounted(columns, fields.length, row, dialect.delimiter)
        const time = fieldAt(fields, columns.time)
        const createdAt = time === undefined ? record.receivedAt : timeFormat.parse(time)
        if (Number.isNaN(createdAt)) throw unexpected('time', timeFormat.expected, time)
        return {
          id: fieldAt(fields, columns.id),
          text: textOf(fields[columns.text] as string),
          createdAt,
          lang: fieldAt(fields, columns.lang),
          author: fieldAt(fields, columns.author),
          url: fieldAt(fields, columns.url),
        }
      },
    }
  },
})

function fieldsOf(row: string, dialect: CsvDialect): string[] {
  const fields = csvFields(row, dialect)
  if (fields === null)
    throw new InvalidRecord(`expected a row of CSV, got a quote that is not closed: ${shown(row)}`)
  return fields
}

/** An optional field: empty counts as absent. Surrounding white space is removed. */
function fieldAt(fields: readonly string[], index: number): string | undefined {
  return index < 0 ? undefined : fields[index]?.trim() || undefined
}

function miscounted({ count, named }: Columns, found: number, row: string, delimiter: string): InvalidRecord {
  const expected = `expected ${named ? '' : 'at least '}${count} columns, got ${found}: ${shown(row)}`
  const isOne = found === 1 && count > 1
  return new InvalidRecord(isOne ? expected + didYouMean(row, delimiter) : expected)
}

/** A hint at the delimiter, if the configured one hardly splits a line. */
function didYouMean(line: string, delimiter: string): string {
  const likelier = csvDialect(line).delimiter
  const isCut = (by: string) => line.split(by).length > 1
  return likelier !== delimiter && isCut(likelier) && !isCut(delimiter)
    ? `; did you mean \`delimiter: ${JSON.stringify(likelier)}\`?`
    : ''
}
