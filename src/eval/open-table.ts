import type { Framing } from '../plugin/index.ts'
import type { ColumnsOption } from './columns.ts'
import { DataError } from './data-error.ts'
import { CSV, delimitedTable, TSV } from './delimited-table.ts'
import { ndjsonTable } from './ndjson-table.ts'
import { firstRecord } from './records.ts'
import type { Table } from './row.ts'

export const DATA_FORMATS = ['tsv', 'csv', 'ndjson'] as const
export type DataFormat = (typeof DATA_FORMATS)[number]

/** The layout of a file, as far as options give it. */
export interface Layout {
  format?: DataFormat
  columns?: ColumnsOption
  /** By its name in the Encoding Standard; if absent, UTF-8 or that of a byte order mark. */
  encoding?: string
}

const FRAMINGS: Readonly<Record<DataFormat, Framing>> = { tsv: TSV, csv: CSV, ndjson: { kind: 'json' } }

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
    if (layout === 'ndjson') return ndjsonTable(file, first, cutting, columns)
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
    ndjson: 'ndjson',
    jsonl: 'ndjson',
    json: 'ndjson',
  }
  // An object, or the beginning of an object or array over several lines.
  if (/^\s*(?:\{.*\}\s*,?|\{|\[|\[\s*\{.*)\s*$/.test(first)) return 'ndjson'
  return byName[extension.toLowerCase()] ?? (first.includes('\t') ? 'tsv' : 'csv')
}
