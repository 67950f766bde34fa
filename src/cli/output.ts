import { redact } from '../config/redact.ts'

/** Writes a line, or several, to standard output. */
export function print(text: string): void {
  process.stdout.write(`${redact(text)}\n`)
}

/** Writes a line, or several, to standard error. */
export function printError(text: string): void {
  process.stderr.write(`${redact(text)}\n`)
}

/** The width of the terminal, within limits; also used for other output. */
export const terminalWidth = (): number => Math.max(60, Math.min(process.stdout.columns ?? 110, 140))

const GAP = '  '
/** The minimum width of the last column of a table. */
const NARROWEST = 24

/**
 * Rows in aligned columns; the last column is wrapped. Widths are counted in characters, so only the last column may
 * contain text that is not ASCII.
 */
export function table(
  rows: readonly (readonly string[])[],
  { width = terminalWidth(), indent = '' } = {},
): string {
  const columns = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: columns - 1 }, (_, i) =>
    Math.max(...rows.map(row => row[i]?.length ?? 0)),
  )
  const left = widths.reduce((sum, n) => sum + n + GAP.length, indent.length)
  return rows
    .flatMap(row => {
      const [first = '', ...more] = wrap(row[columns - 1] ?? '', Math.max(NARROWEST, width - left))
      const cells = widths.map((n, i) => (row[i] ?? '').padEnd(n))
      return [[...cells, first].join(GAP), ...more.map(line => ' '.repeat(left - indent.length) + line)]
    })
    .map(line => (indent + line).trimEnd())
    .join('\n')
}

/** Splits a text into lines no longer than `width`, at spaces if possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Escapes control and bidirectional-formatting characters, in text from others. */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
