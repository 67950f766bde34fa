import { defineFormat, InvalidRecord, shown, unexpected } from 'mood-exporter/plugin'
import { makePost } from '../shared/fields.ts'
import { type Columns, findColumns } from './columns.ts'
import { csvOptions, quoteOf } from './options.ts'
import { lineSplitter } from './split.ts'
import { TIME_FORMATS } from './time-format.ts'

export default defineFormat({
  name: 'csv',
  description: 'Comma- or tab-separated values, a line a post, with a header or without.',
  options: csvOptions,
  create({ delimiter, quote, header, columns: names, time_format, ...refs }) {
    const split = lineSplitter(delimiter, quoteOf(delimiter, quote))
    const timeFormat = TIME_FORMATS[time_format]
    const hasHeader = header ?? names === undefined
    const fixed = names || !hasHeader ? findColumns(refs, names ?? null) : undefined

    // Lines of a stream come one after another, so the header is nearly always that of the line before.
    let lastHeader: string | undefined
    let lastColumns: Columns
    function columnsOf(header: string | undefined): Columns {
      if (header === undefined)
        throw new InvalidRecord('header: expected a first line with names, got nothing')
      if (header !== lastHeader) {
        lastColumns = findColumns(refs, split(header))
        lastHeader = header
      }
      return lastColumns
    }

    return {
      header: hasHeader,
      decode(line, record) {
        const columns = fixed ?? columnsOf(record.header)
        const fields = split(line)
        if (columns.named ? fields.length !== columns.count : fields.length < columns.count)
          throw miscounted(columns, fields.length, line)
        const time = fieldAt(fields, columns.time)
        const createdAt = time === undefined ? record.receivedAt : timeFormat.parse(time)
        if (Number.isNaN(createdAt)) throw unexpected('time', timeFormat.expected, time)
        return makePost(
          fieldAt(fields, columns.id),
          fields[columns.text] as string,
          createdAt,
          fieldAt(fields, columns.lang),
          fieldAt(fields, columns.author),
          fieldAt(fields, columns.url),
          undefined,
        )
      },
    }
  },
})

/** A field that may be absent: an empty one is. */
function fieldAt(fields: readonly string[], index: number): string | undefined {
  return index < 0 ? undefined : fields[index] || undefined
}

function miscounted({ count, named }: Columns, found: number, line: string): InvalidRecord {
  return new InvalidRecord(
    `expected ${named ? '' : 'at least '}${count} columns, got ${found}: ${shown(line)}`,
  )
}
