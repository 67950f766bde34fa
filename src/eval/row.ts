import type { RecordNotes } from './records.ts'

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

/** A row with these parts; a problem if there is no label. Other empty parts count as absent. */
export function rowWith(
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
