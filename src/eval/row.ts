import type { RecordNotes } from './records.ts'

/** A post with its label as it was written, or what is wrong with the line. */
export type Row = { line: number } & (
  | { label: string; text: string; lang?: string; kind?: string; pair?: string; problem?: never }
  | { problem: string }
)

/** A file of labelled posts, as it is laid out. It can be read again and again. */
export interface Table {
  file: string
  /** In words: which columns are what. */
  said: string
  /** @param notes is added to */
  rows(notes?: RecordNotes): AsyncGenerator<Row[]>
}

/** A row with these parts; a problem where there is no label. Others that are empty are none. */
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
