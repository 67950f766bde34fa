import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { METRICS, type MetricDeclaration, type MetricName, mergeRule } from './metrics.ts'

const root = join(import.meta.dirname, '../..')
const metrics = Object.entries<MetricDeclaration>(METRICS)

test.each(metrics)('the file that feeds %s mentions it', (name, { feeds }) => {
  expect(feeds).toMatch(/^src\/(?!catalogue\/)[\w/-]+\.ts$/)
  expect(readFileSync(join(root, feeds), 'utf8')).toMatch(new RegExp(`\\b${name}\\b`))
})

test('counters and histograms add up when states are merged', () => {
  for (const [name, { type }] of metrics)
    if (type !== 'gauge') expect(mergeRule(name as MetricName), name).toBe('sum')
})

test('merging two watermarks keeps the later one', () => {
  expect(mergeRule('mood_source_watermark_timestamp_seconds')).toBe('max')
})

test('counts of posts are part of the committed state; costs of commits are not', () => {
  for (const [name, { type, volatile }] of metrics)
    if (volatile && type !== 'gauge') expect(name).toMatch(/^mood_(state_|log_lines_lost_total$)/)
})

test('a name carries its unit, and a counter ends in _total', () => {
  for (const [name, { type, unit }] of metrics) {
    if (unit) expect(name.replace(/_total$/, '')).toMatch(new RegExp(`_${unit}$`))
    expect(name.endsWith('_total'), name).toBe(type === 'counter')
  }
})

test('a label that narrows down another comes before it', () => {
  for (const [name, { labels }] of metrics)
    for (const [first, second] of [
      ['kind', 'plugin'],
      ['kind', 'reason'],
      ['extractor', 'window'],
    ] as const)
      if (labels.includes(first) && labels.includes(second))
        expect(labels.indexOf(first), name).toBeLessThan(labels.indexOf(second))
})

test('values are declared only for labels that exist', () => {
  for (const [name, { labels, values = {} }] of metrics)
    for (const label of Object.keys(values)) expect(labels, name).toContain(label)
})
