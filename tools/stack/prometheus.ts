import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { end } from './end.ts'

/** How often a query is retried until it has the expected result. */
const LOOK_MS = 100

/** One element of an instant vector. */
export interface Element {
  labels: Record<string, string>
  value: number
}

/** Exemplars of one series. */
export interface SeriesExemplars {
  seriesLabels: Record<string, string>
  exemplars: { labels: Record<string, string>; value: string; timestamp: number }[]
}

/** A real Prometheus in its own process, with its data in its own folder. */
export class RunningPrometheus {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  /** The instant vector of a query now, or at a time in Unix seconds. */
  async query(query: string, at?: number): Promise<Element[]> {
    const { result } = await this.#ask<{
      result: { metric: Record<string, string>; value: [number, string] }[]
    }>('query', at === undefined ? { query } : { query, time: String(at) })
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  }

  /** The single value of a query; NaN if there is none. */
  async value(query: string): Promise<number> {
    const elements = await this.query(query)
    if (elements.length > 1) throw new Error(`expected one series of ${query}, got ${elements.length}`)
    return elements[0]?.value ?? Number.NaN
  }

  /** The values of a query over the last seconds, or before a time, at a step, whatever their labels. */
  async course(query: string, seconds: number, step: number, end = Date.now() / 1000): Promise<number[]> {
    const parameters = { query, start: String(end - seconds), end: String(end), step: String(step) }
    const { result } = await this.#ask<{ result: { values: [number, string][] }[] }>(
      'query_range',
      parameters,
    )
    return result.flatMap(({ values }) => values.map(([, value]) => Number(value)))
  }

  /** The values of a query by those labels, joined with spaces. */
  async table(query: string, ...labels: string[]): Promise<Record<string, number>> {
    const elements = await this.query(query)
    return Object.fromEntries(
      elements.map(element => [labels.map(name => element.labels[name]).join(' '), element.value]),
    )
  }

  /** Resolves when a query has that value; after `ms`, rejects with the last one. */
  async until(query: string, expected: number, ms = 60_000): Promise<void> {
    const deadline = Date.now() + ms
    for (;;) {
      const value = await this.value(query)
      if (value === expected) return
      if (Date.now() > deadline)
        throw new Error(
          `expected ${expected} of ${query}, got ${value}; ${(await this.targets()).join(', ') || 'no targets'}`,
        )
      await sleep(LOOK_MS)
    }
  }

  /** The results of the last scrape of each target, in words. */
  async targets(): Promise<string[]> {
    const { activeTargets } = await this.#ask<{
      activeTargets: { scrapeUrl: string; health: string; lastError: string; lastScrapeDuration: number }[]
    }>('targets', { state: 'active' })
    return activeTargets.map(
      ({ scrapeUrl, health, lastError, lastScrapeDuration }) =>
        `${scrapeUrl} is ${health} after ${lastScrapeDuration.toFixed(2)} s ${lastError}`,
    )
  }

  exemplars(query: string): Promise<SeriesExemplars[]> {
    const now = Date.now() / 1000
    return this.#ask('query_exemplars', { query, start: String(now - 86_400), end: String(now + 60) })
  }

  async #ask<Data>(what: string, parameters: Record<string, string>): Promise<Data> {
    const response = await fetch(`${this.url}/api/v1/${what}?${new URLSearchParams(parameters)}`)
    const { status, data, error } = (await response.json()) as { status: string; data: Data; error?: string }
    if (status !== 'success') throw new Error(`${what} ${JSON.stringify(parameters)}: ${error}`)
    return data
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#process, this.#folder)
  }
}

export interface PrometheusOptions {
  /** The name of the scrape job. */
  job?: string
  /** Files of rules, as absolute paths. */
  rules?: string[]
  /** Alertmanager addresses, as `host:port`. */
  alertmanagers?: string[]
  /** A folder of stored data to start with, which the caller has to remove. */
  data?: string
  /** The retention time of data, such as `10y`. */
  retention?: string
}

/**
 * Starts a Prometheus that scrapes those targets (`host:port`) every second. Resolves when it serves.
 *
 * @param targets of one job, or of several by name
 */
export async function startPrometheus(
  binary: string,
  targets: string[] | Readonly<Record<string, string[]>>,
  { job = 'mood', rules = [], alertmanagers = [], data = 'data', retention }: PrometheusOptions = {},
): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-prometheus-'))
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    rule_files: rules,
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: Object.entries(Array.isArray(targets) ? { [job]: targets } : targets).map(
      ([job_name, targets]) => ({ job_name, static_configs: [{ targets }] }),
    ),
  }
  await writeFile(join(folder, 'prometheus.yml'), stringify(config))
  const child = spawn(
    binary,
    [
      '--config.file=prometheus.yml',
      `--storage.tsdb.path=${data}`,
      '--web.listen-address=127.0.0.1:0',
      '--enable-feature=exemplar-storage',
      ...(retention === undefined ? [] : [`--storage.tsdb.retention.time=${retention}`]),
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const log: string[] = []
  // It chooses an ephemeral port, which is only in its log.
  const address = await new Promise<string>((resolve, reject) => {
    let found = ''
    let isReady = false
    createInterface({ input: child.stderr }).on('line', line => {
      log.push(line)
      // Either may come first, as they are from two threads.
      found ||= /msg="Listening on" .*?address=(\S+)/.exec(line)?.[1] ?? ''
      isReady ||= line.includes('Server is ready')
      if (found && isReady) resolve(found)
    })
    child.on('error', reject)
    child.on('exit', code => reject(new Error(`prometheus exited with ${code}:\n${log.join('\n')}`)))
  }).catch(async error => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  return new RunningPrometheus(`http://${address}`, child, folder)
}
