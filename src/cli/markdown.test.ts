import { expect, test } from 'vitest'
import { DROP_REASONS, METRICS } from '../catalogue/metrics.ts'
import { metricsMarkdown } from './markdown.ts'

test('the reference names every metric with its help, and every reason', () => {
  const text = metricsMarkdown()
  for (const [name, { help }] of Object.entries(METRICS)) {
    expect(text).toContain(`| \`${name}\` |`)
    expect(text).toContain(help)
  }
  for (const [reason, meaning] of Object.entries(DROP_REASONS))
    expect(text).toContain(`| \`${reason}\` | ${meaning} |`)
})
