import type { ColumnsOption } from './columns.ts'
import { DataError } from './data-error.ts'
import { csvTable, tsvTable } from './delimited-table.ts'
import { type Line, linesOf } from './lines.ts'
import { ndjsonTable } from './ndjson-table.ts'
import type { Table } from './row.ts'

export const DATA_FORMATS = ['tsv', 'csv', 'ndjson'] as const
export type DataFormat = (typeof DATA_FORMATS)[number]

/** How a file is laid out, as far as the user says so. */
export interface Layout {
  format?: DataFormat
  columns?: ColumnsOption
}

/**
 * Finds out how a file is laid out, by its name and its first line.
 *
 * @throws DataError where it cannot be read, is empty, or it is not clear which column is what
 */
export async function openTable(file: string, layout: Layout = {}): Promise<Table> {
  const first = await firstLine(file)
  const format = layout.format ?? formatOf(file, first.text)
  try {
    if (format === 'ndjson') return ndjsonTable(file, first, layout.columns)
    return format === 'tsv' ? tsvTable(file, first, layout.columns) : csvTable(file, first, layout.columns)
  } catch (error) {
    throw error instanceof DataError
      ? error
      : new DataError(file, { line: first.line, message: (error as Error).message })
  }
}

async function firstLine(file: string): Promise<Line> {
  for await (const lines of linesOf(file)) {
    const first = lines.find(({ text }) => text.trim() !== '')
    if (first) return first
  }
  throw new DataError(file, { message: 'is empty' })
}

function formatOf(file: string, first: string): DataFormat {
  const [, extension = ''] = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(file) ?? []
  const byName: Record<string, DataFormat> = {
    tsv: 'tsv',
    tab: 'tsv',
    csv: 'csv',
    ndjson: 'ndjson',
    jsonl: 'ndjson',
  }
  if (/^\s*\{.*\}\s*$/.test(first)) return 'ndjson'
  return byName[extension.toLowerCase()] ?? (first.includes('\t') ? 'tsv' : 'csv')
}
