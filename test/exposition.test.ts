import { expect, test } from 'vitest'
import { labelKey } from '../src/catalogue/label-key.ts'
import { METRICS, type MetricDeclaration } from '../src/catalogue/metrics.ts'
import { type Collectors, Exposition } from '../src/metrics/exposition.ts'
import { HistogramCell } from '../src/state/histograms.ts'
import { openMetricsFaults } from './support/openmetrics.ts'

test('every metric, whatever its labels hold, is sound OpenMetrics, and the text ends once', async () => {
  const collectors = Object.fromEntries(
    Object.entries<MetricDeclaration>(METRICS).map(([name, { type, labels, buckets = [] }]) => {
      const key = labelKey(...labels.map(label => `${label}"\\\n`))
      return [name, () => [[key, type === 'histogram' ? new HistogramCell(buckets) : 1.5]]]
    }),
  ) as unknown as Collectors
  const body = await new Exposition(collectors, () => 1).render('openmetrics')
  const text = body.bytes.toString()
  expect(openMetricsFaults(text)).toEqual([])
  expect(text.split('# EOF')).toHaveLength(2)
  for (const name of Object.keys(METRICS)) expect(text).toContain(`\n${name}`)
})
