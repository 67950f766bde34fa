import { readFileSync, writeFileSync } from 'node:fs'
import { env } from 'node:process'
import { heading } from '../support/report.ts'

const PAGE = new URL('../../docs/alerts.md', import.meta.url)

/**
 * Prints a table for docs/alerts.md as Markdown. With `MOOD_BENCH_WRITE=1` it is written there, between
 * the lines `<!-- bench NAME -->` and `<!-- /bench NAME -->`.
 *
 * @throws Error if the page does not contain those lines
 */
export function document(name: string, markdown: string): void {
  heading(`For docs/alerts.md, ${name}`)
  console.log(markdown)
  if (env.MOOD_BENCH_WRITE !== '1') return
  const page = readFileSync(PAGE, 'utf8')
  const [open, close] = [`<!-- bench ${name} -->\n`, `<!-- /bench ${name} -->`]
  const start = page.indexOf(open)
  const end = page.indexOf(close, start)
  if (start < 0 || end < 0) throw new Error(`docs/alerts.md has no lines ${open.trim()} and ${close}`)
  writeFileSync(PAGE, `${page.slice(0, start + open.length)}\n${markdown}\n\n${page.slice(end)}`)
}

/** A table with numbers in the columns from that index on. */
export function markdownTable(
  heads: readonly string[],
  numbersFrom: number,
  rows: readonly string[][],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [heads, heads.map((_, place) => (place < numbersFrom ? '---' : '--:')), ...rows].map(line).join('\n')
}

/** In bold: the shipped variant. */
export const bold = (cells: readonly string[]): string[] =>
  cells.map(cell => (cell === '' ? cell : `**${cell}**`))
