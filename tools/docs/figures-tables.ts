import { markdownTable } from '../../src/cli/markdown.ts'
import { percent, postsOfCore, thousands } from './numbers.ts'

/** The measurements of `npm run bench -- figures`. */
export interface Figures {
  /** A day, as YYYY-MM-DD. */
  measured: string
  machine: string
  rows: {
    what: string
    topics: number
    /** Per second. */
    posts: number
    memoryMB: number
    /** Share of one core. */
    processor: number
    /** Per scrape. */
    samples: number
  }[]
}

/**
 * Whether a row is of a fully loaded exporter. Its posts a second depend on other load of the machine, so the table
 * leaves it out.
 */
const isFull = ({ what }: Figures['rows'][number]) => what.startsWith('all that')

/** The resources that an exporter uses, by what it does. */
export function usageTable({ rows, machine, measured }: Figures): string {
  const table = markdownTable(
    ['', 'posts/s', 'topics', 'memory', 'processor', 'samples/s'],
    rows
      .filter(row => !isFull(row))
      .map(({ what, topics, posts, memoryMB, processor, samples }) => [
        what,
        thousands(posts),
        String(topics),
        `${memoryMB} MB`,
        `${percent(processor)} of a core`,
        thousands(samples),
      ]),
  )
  const full = rows
    .filter(isFull)
    .map(row => `${row.what}: ${postsOfCore(row)} posts for each second of a core, in ${row.memoryMB} MB`)
  return `${table}

At full load, ${full.join(';\n')}.

Measured on ${measured} by \`npm run bench -- figures\` with the scorer \`auto\`:
${machine}.`
}
