/** Values of variables in queries, by name. */
export type Values = Readonly<Record<string, string>>

/** Milliseconds of what Grafana calls an interval: `500ms`, `5s`, `1m`. */
export function milliseconds(interval: string): number {
  const [, count, unit] = /^(\d+)(ms|s|m|h)$/.exec(interval) ?? []
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as 'ms']
  if (factor === undefined) throw new Error(`expected an interval such as "5s", got "${interval}"`)
  return Number(count) * factor
}

export interface IntervalOptions {
  /** The scrape interval of the data source. */
  scrape: string
  /** The minimum interval of a panel. Grafana uses a longer one if the time range has more points than pixels. */
  least?: string | undefined
  /** The dashboard's time range. */
  range: string
}

/**
 * Grafana's built-in variables. `$__rate_interval` is the interval plus one scrape interval, and at least four scrape
 * intervals: so that a rate has two samples at any zoom, and no sample is between two steps.
 */
export function intervals({ scrape, least = scrape, range }: IntervalOptions): Values {
  const interval = milliseconds(least)
  const between = milliseconds(scrape)
  return {
    __interval: `${interval}ms`,
    __interval_ms: String(interval),
    __rate_interval: `${Math.max(interval + between, 4 * between)}ms`,
    __range: `${milliseconds(range)}ms`,
    __range_s: String(milliseconds(range) / 1000),
    __range_ms: String(milliseconds(range)),
  }
}

/**
 * A query with its variables filled in.
 * @throws Error if there is no value for one of them
 */
export function fill(query: string, values: Values): string {
  return query.replace(/\$(?:\{(\w+)\}|(\w+))/g, (variable, braced, bare) => {
    const value = values[braced ?? bare]
    if (value === undefined) throw new Error(`no value for ${variable} in ${query}`)
    return value
  })
}

/** A value of a variable, escaped as Grafana does within a matcher with a regular expression. */
export const asRegex = (value: string): string =>
  value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('\\', '\\\\')
