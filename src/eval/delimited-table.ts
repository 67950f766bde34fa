import { Readable } from 'node:stream'
import { type Options, parse as parseStream } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { type Columns, type ColumnsOption, findColumns } from './columns.ts'
import { DataError } from './data-error.ts'
import { type Line, linesOf } from './lines.ts'
import { type Row, rowWith, type Table } from './row.ts'

/** A line is a row, and a quote a character like others. */
export function tsvTable(file: string, first: Line, option?: ColumnsOption): Table {
  const columns = findColumns(first.text.split('\t'), option)
  return {
    file,
    said: columns.said,
    async *rows(notes) {
      let isFirst = columns.hasHeader
      for await (const lines of linesOf(file, notes)) {
        const filled = lines.filter(({ text }) => text !== '')
        const rows = filled.map(({ line, text }) => rowOf(line, text.split('\t'), columns))
        if (isFirst && rows.length > 0) {
          isFirst = false
          rows.shift()
        }
        yield rows
      }
    },
  }
}

/** A row may go over several lines, in quotes. */
export function csvTable(file: string, first: Line, option?: ColumnsOption): Table {
  const delimiter = delimiterOf(first.text)
  const options = {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    info: true,
  } satisfies Options
  const [head = []] = parse(first.text, { ...options, info: false }) as string[][]
  const columns = findColumns(head, option)
  return {
    file,
    said: columns.said,
    async *rows(notes) {
      const lines = async function* () {
        for await (const lines of linesOf(file, notes)) yield `${lines.map(({ text }) => text).join('\n')}\n`
      }
      const parser = parseStream({ ...options, max_record_size: MAX_ROW_CHARACTERS })
      const source = Readable.from(lines()).on('error', error => parser.destroy(error))
      let isFirst = columns.hasHeader
      try {
        for await (const { record, info } of source.pipe(parser) as AsyncIterable<CsvRecord>) {
          if (!isFirst) yield [rowOf(startOf(record, info.lines), record, columns)]
          isFirst = false
        }
      } catch (error) {
        if (error instanceof DataError) throw error
        const { lines: line = 0, message } = error as Error & { lines?: number }
        throw new DataError(file, { line, message: `expected CSV: ${message}` })
      } finally {
        source.destroy()
      }
    },
  }
}

interface CsvRecord {
  record: string[]
  info: { lines: number }
}

/** A quote that is never closed would take the rest of the file for one row. */
const MAX_ROW_CHARACTERS = 2 ** 20

/** The line that a row begins on, as it is known by the one that it ends on. */
const startOf = (record: readonly string[], end: number) =>
  end - record.reduce((breaks, cell) => breaks + cell.split('\n').length - 1, 0)

/** Spreadsheets write semicolons where the comma stands in numbers. */
const delimiterOf = (first: string) =>
  [',', ';', '\t'].find(delimiter => first.split(delimiter).length > 1) ?? ','

function rowOf(line: number, cells: readonly string[], { at, count }: Columns): Row {
  const label = cells[at.label]
  const text = cells[at.text]
  if (label === undefined || text === undefined || (count !== undefined && cells.length !== count))
    return { line, problem: `expected ${count ?? 'more'} columns, got ${cells.length}` }
  return rowWith(line, label, text, { lang: cells[at.lang], kind: cells[at.kind], pair: cells[at.pair] })
}
