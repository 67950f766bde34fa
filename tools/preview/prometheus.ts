import type { TimeRange } from './time.ts'

/** One series and its samples: times in milliseconds since 1970-01-01 UTC. */
export interface Samples {
  labels: Record<string, string>
  points: [at: number, value: number][]
}

type Result = { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[]

/** Answers queries. */
export type Answerer = Pick<PrometheusApi, 'instant' | 'range' | 'query'>

/** The HTTP API of a Prometheus, as far as Grafana uses it for panels. */
export class PrometheusApi {
  readonly url: string

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '')
  }

  /** The result of a query at one time. */
  async instant(query: string, at: number): Promise<Samples[]> {
    return this.#ask('query', { query, time: String(at / 1000) })
  }

  /** The result of a query over a time range, at multiples of the step, as Grafana aligns them. */
  async range(query: string, { from, to }: TimeRange, step: number): Promise<Samples[]> {
    const aligned = (at: number) => String((Math.floor(at / step) * step) / 1000)
    return this.#ask('query_range', {
      query,
      start: aligned(from),
      end: aligned(to),
      step: String(step / 1000),
    })
  }

  /** The result of a query at one time, a value for each series. */
  async query(query: string, at: number): Promise<{ labels: Record<string, string>; value: number }[]> {
    const samples = await this.instant(query, at)
    return samples.map(({ labels, points }) => ({ labels, value: points[0]?.[1] ?? Number.NaN }))
  }

  async #ask(what: string, parameters: Record<string, string>): Promise<Samples[]> {
    const response = await fetch(`${this.url}/api/v1/${what}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    }).catch(error => {
      throw new Error(`no Prometheus answers at ${this.url}`, { cause: error })
    })
    const answer = await response.text()
    if (!answer.startsWith('{'))
      throw new Error(`${this.url} is no Prometheus: it answered ${response.status}`)
    const { data, error } = JSON.parse(answer) as { data?: { result: Result }; error?: string }
    if (!data) throw new Error(error ?? `Prometheus answered ${response.status}`)
    return data.result.map(({ metric, value, values = value ? [value] : [] }) => ({
      labels: metric,
      points: values.map(([at, text]) => [at * 1000, parseValue(text)]),
    }))
  }
}

/** The value of a sample, which Prometheus writes as text; infinity as `+Inf`. */
const parseValue = (text: string) => Number(text.replace('Inf', 'Infinity'))
