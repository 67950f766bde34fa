import { quote } from '../config/problem.ts'
import { csvDialect, csvFields, type Framing, withoutSeparatorLine } from '../plugin/index.ts'
import {
  type Columns,
  type ColumnsOption,
  findColumns,
  findNames,
  NEEDED,
  PARTS,
  type Part,
} from './columns.ts'
import { DataError } from './data-error.ts'
import type { Line } from './lines.ts'
import { type Cutting, firstRecord, type RecordNotes, recordsOf } from './records.ts'

/** A post with its label as written, or the problem of the line. */
export type Row = { line: number } & (
  | { label: string; text: string; lang?: string; kind?: string; pair?: string; problem?: never }
  | { problem: string }
)

/** A file of labelled posts with its layout. It can be read repeatedly. */
export interface Table {
  file: string
  /** Which columns are used, as text. */
  said: string
  /** @param notes collects problems */
  rows(notes?: RecordNotes): AsyncGenerator<Row[]>
}

/** JSON is one object per line (NDJSON), objects over several lines, or an array of them. */
export const DATA_FORMATS = ['tsv', 'csv', 'json', 'ndjson'] as const
export type DataFormat = (typeof DATA_FORMATS)[number]

/** The layout of a file, as far as options give it. */
export interface Layout {
  format?: DataFormat
  columns?: ColumnsOption
  /** By its name in the Encoding Standard; if absent, UTF-8 or that of a byte order mark. */
  encoding?: string
}

/** Tab-separated: a line is a row, and quotes have no meaning. */
const TSV: Framing = { kind: 'csv', delimiter: '\t', quote: null }

/** A row may extend over several lines, within quotes. The delimiter is detected from the first line. */
const CSV: Framing = { kind: 'csv', quote: '"' }

const FRAMINGS: Readonly<Record<DataFormat, Framing>> = {
  tsv: TSV,
  csv: CSV,
  json: { kind: 'json' },
  ndjson: { kind: 'json' },
}

/**
 * Detects the layout of a file from its name and first line.
 *
 * @throws DataError if it cannot be read, is empty, or its columns are ambiguous
 */
export async function openTable(file: string, { format, columns, encoding }: Layout = {}): Promise<Table> {
  const layout =
    format ?? formatOf(file, (await firstRecord(file, { framing: { kind: 'lines' }, encoding })).text)
  const cutting = { framing: FRAMINGS[layout], encoding }
  const first = await firstRecord(file, cutting)
  try {
    if (FRAMINGS[layout].kind === 'json') return jsonTable(file, first, cutting, columns)
    return delimitedTable(file, first, cutting, columns)
  } catch (error) {
    throw error instanceof DataError
      ? error
      : new DataError(file, { line: first.line, message: (error as Error).message })
  }
}

function formatOf(file: string, first: string): DataFormat {
  const [, extension = ''] = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(file) ?? []
  const byName: Record<string, DataFormat> = {
    tsv: 'tsv',
    tab: 'tsv',
    csv: 'csv',
    ndjson: 'json',
    jsonl: 'json',
    json: 'json',
  }
  // An object, or the beginning of an object or array over several lines.
  if (/^\s*(?:\{.*\}\s*,?|\{|\[|\[\s*\{.*)\s*$/.test(first)) return 'json'
  return byName[extension.toLowerCase()] ?? (first.includes('\t') ? 'tsv' : 'csv')
}

/** @param first row of the file, which may be a header */
function delimitedTable(
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

/** JSON: one object per line, over several lines, or in an array. */
function jsonTable(file: string, first: Line, cutting: Cutting, option?: ColumnsOption): Table {
  if (option && 'names' in option)
    throw new Error('expected --columns label=NAME,text=NAME, as fields of JSON have no order')
  const object = parseObject(first.text)
  if ('problem' in object) throw new Error(object.problem)
  const names = Object.keys(object.fields)
  const found = { ...findNames(names), ...option?.refs }
  for (const part of NEEDED)
    if (found[part] === undefined)
      throw new Error(
        `it is not clear which field is the ${part}: there are ${names.map(quote).join(', ')}; say --columns label=NAME,text=NAME`,
      )
  const read = ({ line, text: json }: Line): Row => {
    const object = parseObject(json)
    if ('problem' in object) return { line, problem: object.problem }
    const [label, text, ...others] = PARTS.map(part => object.fields[found[part] ?? ''])
    if (typeof text !== 'string')
      return { line, problem: `expected a text in ${quote(found.text as string)}` }
    if (typeof label !== 'string' && typeof label !== 'number')
      return { line, problem: `expected a label in ${quote(found.label as string)}` }
    const [lang, kind, pair] = others.map(part =>
      typeof part === 'string' || typeof part === 'number' ? String(part) : undefined,
    )
    return rowWith(line, String(label), text, { lang, kind, pair })
  }
  return {
    file,
    said: PARTS.filter(part => found[part] !== undefined)
      .map((part: Part) => `${part} in the field ${quote(found[part] as string)}`)
      .join(', '),
    async *rows(notes) {
      for await (const records of recordsOf(file, cutting, notes)) yield records.map(read)
    },
  }
}

function parseObject(json: string): { fields: Record<string, unknown> } | { problem: string } {
  try {
    const fields = JSON.parse(json)
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return { fields }
  } catch {
    // Reported below, as for any other line that is not an object.
  }
  return { problem: `expected an object of JSON, got ${quote(json)}` }
}

/** A row with these parts; a problem if there is no label. Other empty parts count as absent. */
function rowWith(
  line: number,
  label: string,
  text: string,
  others: { lang?: string | undefined; kind?: string | undefined; pair?: string | undefined },
): Row {
  if (label.trim() === '') return { line, problem: 'expected a label, got nothing' }
  const { lang, kind, pair } = others
  return {
    line,
    label,
    text,
    ...(lang ? { lang } : {}),
    ...(kind ? { kind } : {}),
    ...(pair ? { pair } : {}),
  }
}
