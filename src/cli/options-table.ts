import type { OptionRow } from '../config/describe.ts'
import { code, markdownTable } from './markdown.ts'
import { table } from './output.ts'

/** The description of an option, with the key that reads a secret from a file. */
function meaning({ name, secret, description }: OptionRow, show: (text: string) => string): string {
  const file = secret ? `A file to read it from may be named as ${show(`${name}_file`)} instead.` : ''
  return [description, file].filter(Boolean).join(' ')
}

const NONE = 'It has no options.'

/** The maximum width of a type or default in a column; a longer one is shown in the description. */
const WIDEST = 30

const sentence = (text: string) => `${text[0]?.toUpperCase()}${text.slice(1)}.`

/** Options in columns, for a terminal. */
export function optionsText(rows: readonly OptionRow[]): string {
  if (rows.length === 0) return `  ${NONE}`
  const lines = rows.map(row => {
    const otherwise = row.default === '' ? '' : `default ${row.default}`
    const cells = [row.type, row.required ? 'required' : otherwise]
    const long = cells.filter(cell => cell.length > WIDEST).map(sentence)
    const short = cells.map(cell => (cell.length > WIDEST ? '' : cell))
    return [row.name, ...short, [meaning(row, text => text), ...long].filter(Boolean).join(' ')]
  })
  return table(lines, { indent: '  ' })
}

/** Options as a Markdown table. */
export function optionsMarkdown(rows: readonly OptionRow[]): string {
  if (rows.length === 0) return NONE
  return markdownTable(
    ['Option', 'Type', 'Default', 'Meaning'],
    rows.map(row => [
      code(row.name),
      row.type,
      row.required ? 'required' : code(row.default),
      meaning(row, code),
    ]),
  )
}
