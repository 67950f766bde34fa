import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startExporter } from '../../tools/stack/exporter.ts'

/** What the kernel counts processor time in, in milliseconds: `USER_HZ` is 100 on every architecture. */
const CLOCK_TICK_MS = 10

/** Until an exporter that has just started has compiled its code and collected its garbage, in milliseconds. */
const SETTLE_MS = 20_000

/** Between a scrape and what is measured, in milliseconds. */
const PAUSE_MS = 1000

/** What an exporter takes of a machine. */
export interface Usage {
  /** Share of one processor, of all threads together, over the time measured. */
  processor: number
  /** Resident memory at the end, in MB (powers of 1000). */
  memory: number
  /** Posts a second. */
  posts: number
  /** Samples of a scrape. */
  samples: number
}

export interface UsageOptions {
  /** How long it is measured, once it has settled; milliseconds. */
  forMs?: number
  /** Scrapes as Prometheus does, so often; not at all where absent. Milliseconds. */
  scrapeEveryMs?: number
  /** Of another version of the exporter. */
  bin?: string | undefined
}

/** Runs an exporter, and measures it while it does what it is configured for. Linux only. */
export async function usageOf(
  config: object | string,
  { forMs = 30_000, scrapeEveryMs, bin }: UsageOptions = {},
): Promise<Usage> {
  await using exporter = await startExporter(config, bin === undefined ? {} : { bin })
  const pid = exporter.process.pid as number
  const scraping = scrapeEveryMs && setInterval(() => void exporter.samples().catch(() => {}), scrapeEveryMs)
  try {
    await sleep(SETTLE_MS)
    const counted = await exporter.samples()
    // The look at them is not what is measured.
    await sleep(PAUSE_MS)
    const before = processorMs(pid)
    const start = performance.now()
    await sleep(forMs)
    const ms = performance.now() - start
    const usage = { processor: (processorMs(pid) - before) / ms, memory: residentMB(pid) }
    const samples = await exporter.samples()
    const posts = samples.sum('mood_source_posts_total') - counted.sum('mood_source_posts_total')
    return { ...usage, posts: (posts * 1000) / (ms + PAUSE_MS), samples: samples.every().length }
  } finally {
    clearInterval(scraping || undefined)
  }
}

/** Processor time that a process has had so far, of all its threads, in milliseconds (man 5 proc_pid_stat). */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS
}

/** Resident memory of a process, in MB (powers of 1000). */
export function residentMB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6
}
