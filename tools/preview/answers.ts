import { fill, intervals, milliseconds, type Values } from '../../grafana/fill.ts'
import type { Placed } from './grid.ts'
import type { Annotation, Dashboard } from './json.ts'
import type { Answerer, Samples } from './prometheus.ts'
import { leastStep, stepOf, type TimeRange } from './time.ts'

/** A series of a panel, as returned by one of its queries. */
export interface Series extends Samples {
  name: string
  /** The query that returned it. */
  refId: string
}

/** Stretches of time to mark on graphs. */
export interface Mark {
  from: number
  to: number
  title: string
  colour: string
}

/** The scrape interval, as configured in the data source. */
const SCRAPE_MS = 1000

/** The values of Grafana's built-in variables, for points at that distance. */
const timesOf = ({ from, to }: TimeRange, step: number) =>
  intervals({ scrape: `${SCRAPE_MS}ms`, least: `${step}ms`, range: `${to - from}ms` })

/**
 * The results of the queries of a panel, and the distance of its points. Steps and `$__rate_interval` follow from the
 * time range and the panel's width, as in Grafana.
 * @throws Error if Prometheus rejects a query
 */
export async function answersOf(
  { panel, values }: Placed,
  range: TimeRange,
  width: number,
  prometheus: Answerer,
): Promise<{ series: Series[]; step: number }> {
  const least = Math.max(SCRAPE_MS, panel.interval ? milliseconds(panel.interval) : 0)
  const step = stepOf(range, panel.maxDataPoints ?? width, least)
  const all: Values = { ...values, ...timesOf(range, step) }
  const answers = await Promise.all(
    (panel.targets ?? []).map(async ({ refId = '', expr = '', instant, legendFormat }) => {
      const query = fill(expr, all)
      const samples = await (instant
        ? prometheus.instant(query, range.to)
        : prometheus.range(query, range, step))
      return samples.map(one => ({
        ...one,
        refId,
        name: legendFormat ? legendOf(legendFormat, one.labels) : metricName(one.labels),
      }))
    }),
  )
  return { series: answers.flat(), step }
}

/** The stretches that the annotations of a dashboard mark: neighbouring samples above 0 are one stretch. */
export async function marksOf(
  { annotations }: Dashboard,
  values: Values,
  range: TimeRange,
  prometheus: Answerer,
): Promise<Mark[]> {
  const marks = await Promise.all(
    (annotations?.list ?? []).map(
      async ({ expr, step = '60s', iconColor = 'red', titleFormat = '' }: Annotation) => {
        if (!expr) return []
        const apart = Math.max(milliseconds(step), leastStep(range))
        const samples = await prometheus.range(
          fill(expr, { ...values, ...timesOf(range, apart) }),
          range,
          apart,
        )
        return samples.flatMap(({ labels, points }) =>
          stretches(points, apart).map(stretch => ({
            ...stretch,
            title: legendOf(titleFormat, labels),
            colour: iconColor,
          })),
        )
      },
    ),
  )
  return marks.flat()
}

function stretches(points: Samples['points'], step: number): TimeRange[] {
  const found: TimeRange[] = []
  for (const [at, value] of points) {
    if (!(value > 0)) continue
    const last = found.at(-1)
    if (last && at - last.to <= step) last.to = at
    else found.push({ from: at, to: at })
  }
  return found
}

/** A text with labels in place of `{{label}}`; empty for a label that the series does not have. */
export const legendOf = (format: string, labels: Record<string, string>): string =>
  format.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, label) => labels[label] ?? '')

/** The name of a series without a legend, as Prometheus writes it. */
export function metricName({ __name__ = '', ...labels }: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return pairs.length === 0 ? __name__ || 'Value' : `${__name__}{${pairs.join(', ')}}`
}
