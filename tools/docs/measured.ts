import { markdownTable } from '../../src/cli/markdown.ts'
import type { Measurement, Table } from '../stack/measurements.ts'
import type { Figures } from './figures-tables.ts'
import { percent, postsOfCore, rounded, rowOf, thousands } from './numbers.ts'

const FIGURE = /<!-- =(\S+) -->.*?<!-- \/ -->/gs
const TABLE = /<!-- table ([^>]+?) -->\n.*?<!-- \/table -->/gs

/** Markdown takes a line that begins with a comment as HTML, and formats nothing of it. */
const AT_LINE_START = /^[ \t>*+-]*<!-- =(\S+) -->/m

const DAY_SECONDS = 86_400

/**
 * Fills in the figures of a page, `<!-- =TOPIC.NAME -->…<!-- / -->` within a line, and its tables, between the lines
 * `<!-- table TOPIC.NAME -->` and `<!-- /table -->`. Several names make one table, with a row for each different
 * first cell.
 *
 * @throws Error if there is no such measurement, or a line begins with a figure
 */
export function fillMeasured(page: string, measured: Readonly<Record<string, Partial<Measurement>>>): string {
  const [, misplaced] = AT_LINE_START.exec(page) ?? []
  if (misplaced)
    throw new Error(`the figure ${misplaced} begins a line: Markdown would take the line as HTML`)
  const find = <Kind extends 'values' | 'tables'>(kind: Kind, path: string) => {
    const [topic = '', name = ''] = path.split('.')
    const found = measured[topic]?.[kind]?.[name]
    if (found === undefined) throw new Error(`docs/measurements.json: no ${path} in ${kind}`)
    return found as NonNullable<Measurement[Kind]>[string]
  }
  return page
    .replace(FIGURE, (_, path: string) => `<!-- =${path} -->${find('values', path)}<!-- / -->`)
    .replace(TABLE, (_, paths: string) => {
      const { columns, rows } = joined(paths.split(' ').map(path => find('tables', path)))
      return `<!-- table ${paths} -->\n\n${markdownTable(columns, rows)}\n\n<!-- /table -->`
    })
}

/** Tables beside each other, by their first cells. */
function joined([first, ...others]: readonly Table[]): Table {
  return others.reduce((left, right) => {
    const keys = new Set([left, right].flatMap(({ rows }) => rows.map(([key = '']) => key)))
    const cellsOf = ({ columns, rows }: Table, key: string) =>
      (rows.find(row => row[0] === key) ?? columns.map(() => '')).slice(1)
    return {
      columns: [...left.columns, ...right.columns.slice(1)],
      rows: [...keys].map(key => [key, ...cellsOf(left, key), ...cellsOf(right, key)]),
    }
  }, first as Table)
}

/** Which values and tables no page shows, as TOPIC.NAME. */
export function unused(measured: Readonly<Record<string, Measurement>>, pages: readonly string[]): string[] {
  const shown = new Set(
    pages.flatMap(page =>
      [...page.matchAll(FIGURE), ...page.matchAll(TABLE)].flatMap(([, paths = '']) => paths.split(' ')),
    ),
  )
  return Object.entries(measured)
    .flatMap(([topic, { values, tables }]) =>
      Object.keys({ ...values, ...tables }).map(name => `${topic}.${name}`),
    )
    .filter(path => !shown.has(path))
}

/** Figures in sentences that follow from those of `npm run bench -- figures`: the demo, and one busy worker. */
export function exporterValues({ rows }: Figures, bytesOfSample: number): Record<string, string> {
  const row = (what: string) => rowOf('docs/figures.json', rows, what)
  const [demo, full] = [row('the demo'), row('all that one worker takes')]
  const day = demo.samples * bytesOfSample * DAY_SECONDS
  return {
    posts_of_core: postsOfCore(full),
    memory: `${demo.memoryMB} MB`,
    processor: `${percent(demo.processor)} of a core`,
    samples: thousands(rounded(demo.samples)),
    disk_a_day: `${rounded(day / 1e6)} MB`,
    disk_a_year: `${rounded((day * 365) / 1e9)} GB`,
  }
}
