import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RunningPrometheus, startPrometheus } from '../stack/prometheus.ts'
import { PASSING } from './config.ts'
import { NOT_DURABLE } from './contract.ts'
import { type ExporterProcess, timeout } from './runner.ts'

const SCRAPE_TIMEOUT_MS = 1000

/** A pattern for series that must never go back; the same as `DURABLE` of the contract. */
const NAMES = 'mood_.+_(total|count|sum|bucket)'

/** What Prometheus recorded of the exporter. */
export interface PrometheusResult {
  scrapes: number
  /** Series that went back, and how often. */
  resets: { series: string; resets: number }[]
}

/**
 * A Prometheus that scrapes one fixed address for each exporter during the whole run. A proxy there forwards to the
 * exporter, which has another port after every start.
 */
export class Observer {
  readonly #proxies: readonly Server[]
  readonly #prometheus: RunningPrometheus
  readonly #startedAt = performance.now()

  private constructor(proxies: readonly Server[], prometheus: RunningPrometheus) {
    this.#proxies = proxies
    this.#prometheus = prometheus
  }

  /** @param exporters each returns the running exporter; undefined if it does not run */
  static async start(
    binary: string,
    exporters: readonly (() => ExporterProcess | undefined)[],
  ): Promise<Observer> {
    const proxies = await Promise.all(exporters.map(proxyOf))
    const targets = proxies.map(proxy => `127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    try {
      return new Observer(proxies, await startPrometheus(binary, targets))
    } catch (error) {
      for (const proxy of proxies) proxy.close()
      throw error
    }
  }

  async result(): Promise<PrometheusResult> {
    const range = `${Math.ceil((performance.now() - this.#startedAt) / 1000) + 10}s`
    // `resets` drops the name, so series of two names would collide.
    const named = await this.#prometheus.query(
      `group by (__name__) (last_over_time({__name__=~"${NAMES}"}[${range}]))`,
    )
    const names = named.map(({ labels }) => labels.__name__ as string).filter(name => !NOT_DURABLE.has(name))
    const resets: PrometheusResult['resets'] = []
    for (const name of names) {
      const query = `resets(${name}{topic!~"${PASSING.join('|')}"}[${range}]) > 0`
      for (const { labels, value } of await this.#prometheus.query(query))
        resets.push({ series: `${name}${JSON.stringify(labels)}`, resets: value })
    }
    const scrapes = await this.#prometheus.value(`sum(sum_over_time(up[${range}]))`)
    return { scrapes: Number.isNaN(scrapes) ? 0 : scrapes, resets }
  }

  async stop(): Promise<void> {
    await this.#prometheus[Symbol.asyncDispose]()
    for (const proxy of this.#proxies) {
      proxy.closeAllConnections()
      proxy.close()
    }
  }
}

async function proxyOf(current: () => ExporterProcess | undefined): Promise<Server> {
  const proxy = createServer(async (request, response) => {
    const answer = await passOn(current(), request.headers.accept ?? '*/*')
    response.writeHead(answer ? 200 : 503, { 'content-type': answer?.type ?? 'text/plain' })
    response.end(answer?.body ?? 'the exporter does not answer\n')
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return proxy
}

async function passOn(
  exporter: ExporterProcess | undefined,
  accept: string,
): Promise<{ type: string; body: string } | undefined> {
  if (exporter?.url === undefined) return undefined
  try {
    const options = { headers: { accept }, ...timeout(SCRAPE_TIMEOUT_MS) }
    const response = await fetch(`${exporter.url}/metrics`, options)
    const body = await response.text()
    // After the exporter has ended, another process may have its port.
    if (!response.ok || exporter.hasEnded) return undefined
    return { type: response.headers.get('content-type') ?? 'text/plain', body }
  } catch {
    return undefined
  }
}
