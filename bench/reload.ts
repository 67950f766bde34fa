import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import { recordMeasurement } from '../tools/stack/measurements.ts'
import { heading, line, median } from './support/report.ts'

const PROBE = new URL('./support/hold-probe.mjs', import.meta.url).href
const KEYWORDS = 20
const ROUNDS = 3
const TARGET_MS = 100

/** Columns of the table in the documentation: the least and the median of the longest times. */
const COLUMNS = [
  'in a reload: processor time',
  'by the clock',
  'without a reload: processor time',
  'by the clock',
]

/** How often it is scraped, in milliseconds. */
const SCRAPE_MS = 1000

/** A time for which the main thread was blocked, in milliseconds of wall-clock and of processor time. */
interface Hold {
  at: number
  clock: number
  processor: number
}

const EXPORTER = { sources: [{ use: 'demo', rate: 20 }], languages: { detect: false } }

const topicsOf = (count: number, round: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `t${i}of${round}`,
      Array.from({ length: KEYWORDS }, (_, k) => `k${k}of${i}`),
    ]),
  )

/** How long a reload with very many topics blocks the main thread, which answers scrapes. */
export async function benchReload(): Promise<void> {
  const rows: string[][] = []
  for (const topics of [1000, 10_000]) rows.push(await measure(topics))
  recordMeasurement('reload', {
    how: 'npm run bench -- reload',
    tables: { blocked: { columns: ['topics', ...COLUMNS], rows } },
  })
}

/** Prints a report, and returns the row of the table in the documentation. */
async function measure(topics: number): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-reload-'))
  const file = join(folder, 'holds')
  const env = { MOOD_HOLDS: file, NODE_OPTIONS: `--import=${PROBE}` }
  await using exporter = await startExporter(EXPORTER, { folder, env, args: ['--web.enable-lifecycle'] })
  const reloads: Held[] = []
  const between: Held[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    between.push(await heldWhile(exporter, file, () => sleep(5000)))
    await exporter.configure({ ...EXPORTER, topics: topicsOf(topics, round) })
    reloads.push(await heldWhile(exporter, file, () => reload(exporter)))
  }
  const load = loadavg()[0]?.toFixed(1)
  heading(`Reloads with ${topics} topics of ${KEYWORDS} keywords, ${ROUNDS} of them (load average ${load})`)
  const cell = (held: Held[], of: keyof Held) => {
    const values = held.map(each => each[of])
    return `${Math.min(...values).toFixed(0)}, ${median(values).toFixed(0)} ms`
  }
  const show = (what: string, held: Held[], of: keyof Held, isMet?: boolean) =>
    line(what, cell(held, of), isMet === undefined ? undefined : { text: `< ${TARGET_MS} ms`, met: isMet })
  const isMet = median(reloads.map(({ processor }) => processor)) < TARGET_MS
  show('longest hold in a reload, by processor time: least, median', reloads, 'processor', isMet)
  show('by the clock', reloads, 'clock')
  show('a reload takes', reloads, 'took')
  show('longest hold without a reload, by processor time', between, 'processor')
  show('by the clock', between, 'clock')
  return [
    topics.toLocaleString('en'),
    cell(reloads, 'processor'),
    cell(reloads, 'clock'),
    cell(between, 'processor'),
    cell(between, 'clock'),
  ]
}

interface Held {
  clock: number
  processor: number
  took: number
}

/** The longest times for which the main thread was blocked during an action, with a scrape a second. */
async function heldWhile(
  exporter: RunningExporter,
  file: string,
  act: () => Promise<unknown>,
): Promise<Held> {
  const from = Date.now()
  const scraping = new AbortController()
  const scrapes = (async () => {
    while (!scraping.signal.aborted) {
      await (await fetch(`${exporter.url}/metrics`)).text()
      await sleep(SCRAPE_MS, undefined, { signal: scraping.signal }).catch(() => {})
    }
  })()
  await act()
  const to = Date.now()
  scraping.abort()
  await scrapes
  const holds = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(text => JSON.parse(text) as Hold)
    .filter(({ at }) => at >= from && at <= to + 1000)
  const most = (of: 'clock' | 'processor') => Math.max(0, ...holds.map(hold => hold[of]))
  return { clock: most('clock'), processor: most('processor'), took: to - from }
}

async function reload(exporter: RunningExporter): Promise<void> {
  const response = await fetch(`${exporter.url}/-/reload`, { method: 'POST' })
  if (!response.ok) throw new Error(`the reload answered ${response.status}: ${await response.text()}`)
}
