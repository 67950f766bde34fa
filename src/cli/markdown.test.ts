import { expect, test } from 'vitest'
import { DROP_REASONS } from '../catalogue/drop-reasons.ts'
import { METRICS } from '../catalogue/metrics.ts'
import { FAILURE_REASONS } from '../catalogue/plugin-kinds.ts'
import { metricsMarkdown } from './markdown.ts'

test('the reference names every metric with its help, and every reason', () => {
  const text = metricsMarkdown()
  for (const [name, { help }] of Object.entries(METRICS)) {
    expect(text).toContain(`| \`${name}\` |`)
    expect(text).toContain(help)
  }
  for (const [reason, meaning] of Object.entries({ ...DROP_REASONS, ...FAILURE_REASONS }))
    expect(text).toContain(`| \`${reason}\` | ${meaning} |`)
})

test('the reference lists the counters that are at 0 before there is traffic', () => {
  const text = metricsMarkdown()
  expect(text).toContain('- `mood_late_posts_total`')
  expect(text).not.toContain('- `mood_posts_total`')
})
