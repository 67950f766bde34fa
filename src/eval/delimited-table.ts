import { csvDialect, csvFields, type Framing, withoutSeparatorLine } from '../plugin/index.ts'
import { type Columns, type ColumnsOption, findColumns } from './columns.ts'
import type { Line } from './lines.ts'
import { type Cutting, recordsOf } from './records.ts'
import { type Row, rowWith, type Table } from './row.ts'

/** Tab-separated: a line is a row, and quotes have no meaning. */
export const TSV: Framing = { kind: 'csv', delimiter: '\t', quote: null }

/** A row may extend over several lines, within quotes. The delimiter is detected from the first line. */
export const CSV: Framing = { kind: 'csv', quote: '"' }

/** @param first row of the file, which may be a header */
export function delimitedTable(
  file: string,
  first: Line,
  cutting: Cutting & { framing: typeof TSV | typeof CSV },
  option?: ColumnsOption,
): Table {
  const dialect = csvDialect(first.text, cutting.framing as Extract<Framing, { kind: 'csv' }>)
  const columns = findColumns(csvFields(withoutSeparatorLine(first.text), dialect) ?? [], option)
  return {
    file,
    said: columns.said,
    async *rows(notes) {
      let isFirst = true
      for await (const records of recordsOf(file, cutting, notes)) {
        const [record] = records
        if (isFirst && record) {
          isFirst = false
          if (columns.hasHeader) records.shift()
          else record.text = withoutSeparatorLine(record.text)
        }
        yield records.map(({ line, text }) => rowOf(line, csvFields(text, dialect), columns))
      }
    },
  }
}

function rowOf(line: number, cells: readonly string[] | null, { at, count }: Columns): Row {
  if (cells === null) return { line, problem: 'expected a row of CSV, got a quote that is not closed' }
  const label = cells[at.label]
  const text = cells[at.text]
  if (label === undefined || text === undefined || (count !== undefined && cells.length !== count))
    return { line, problem: `expected ${count ?? 'more'} columns, got ${cells.length}` }
  return rowWith(line, label, text, { lang: cells[at.lang], kind: cells[at.kind], pair: cells[at.pair] })
}
