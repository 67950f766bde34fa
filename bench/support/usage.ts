import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startExporter } from '../../tools/stack/exporter.ts'

/** The unit of the kernel's processor times, in milliseconds: `USER_HZ` is 100 on every architecture. */
const CLOCK_TICK_MS = 10

/** The time until a newly started exporter has compiled its code and collected its garbage, in milliseconds. */
const SETTLE_MS = 20_000

/** The pause between a scrape and the measurement, in milliseconds. */
const PAUSE_MS = 1000

/** The resources of an exporter. */
export interface Usage {
  /** Share of one processor, of all threads together, during the measurement. */
  processor: number
  /** Resident memory at the end, in MB (powers of 1000). */
  memory: number
  /** Posts a second. */
  posts: number
  /** Samples in a scrape. */
  samples: number
}

export interface UsageOptions {
  /** The duration of the measurement after the exporter has settled, in milliseconds. */
  forMs?: number
  /** The interval of scrapes in milliseconds; absent for no scrapes. */
  scrapeEveryMs?: number
  /** The program of another version of the exporter. */
  bin?: string | undefined
}

/** What the launcher, the image and the systemd unit set. */
const ENV = { MALLOC_ARENA_MAX: '2' }

/** Runs an exporter and measures it. Linux only. */
export async function usageOf(
  config: object | string,
  { forMs = 30_000, scrapeEveryMs, bin }: UsageOptions = {},
): Promise<Usage> {
  await using exporter = await startExporter(config, { env: ENV, ...(bin === undefined ? {} : { bin }) })
  const pid = exporter.process.pid as number
  const scraping = scrapeEveryMs && setInterval(() => void exporter.samples().catch(() => {}), scrapeEveryMs)
  try {
    await sleep(SETTLE_MS)
    const counted = await exporter.samples()
    // The scrapes before and after are not part of the measurement.
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

/** Processor time of a process so far, of all its threads, in milliseconds (man 5 proc_pid_stat). */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS
}

/** Resident memory of a process, in MB (powers of 1000). */
export function residentMB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6
}
