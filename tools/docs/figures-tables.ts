import { markdownTable } from '../../src/cli/markdown.ts'
import { percent, rounded, rowOf, thousands } from './numbers.ts'

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

/** Rows of posts a second: that depends on the load of the machine, the cost of a post hardly does. */
const isFull = ({ what }: Figures['rows'][number]) => what.startsWith('all that')

/** Posts for each second of processor time of all threads together. */
const postsOfSecond = ({ posts, processor }: Figures['rows'][number]) => thousands(rounded(posts / processor))

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
    .map(row => `${row.what}: ${postsOfSecond(row)} posts for each second of a core, in ${row.memoryMB} MB`)
  return `${table}\n\nAt full load, ${full.join('; ')}.\n\nMeasured on ${measured} by \`npm run bench -- figures\` with the scorer \`auto\`, while the machine had other work to do: ${machine}.`
}

const measurement = ({ rows }: Figures, what: string) => rowOf('docs/figures.json', rows, what)

/** A summary of the demo's resources and the cost of a post. */
export function usageSentence(figures: Figures): string {
  const demo = measurement(figures, 'the demo')
  const full = measurement(figures, 'all that one worker takes')
  return `One core scores about ${postsOfSecond(full)} posts a second; at 300 posts a second the exporter takes ${demo.memoryMB} MB and ${percent(demo.processor)} of a core ([performance](docs/running.md#performance)).`
}

/** The resources of the containers of the stack with the demo; only the exporter is measured each time. */
export function stackTable(figures: Figures): string {
  const demo = measurement(figures, 'the demo')
  return markdownTable(
    ['', 'memory', 'processor'],
    [
      ['exporter', `${demo.memoryMB} MB`, `${percent(demo.processor)} of a core`],
      ['Prometheus', '80 MB, growing over the first two hours', '3 %'],
      ['Alertmanager', '20 MB', '2 %'],
    ],
  )
}
