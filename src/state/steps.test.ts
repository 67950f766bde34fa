import { expect, test } from 'vitest'
import { METRICS } from '../catalogue/metrics.ts'
import { Steps } from './steps.ts'

const MINUTE = 60_000

test('posts are counted by the step of their event time', () => {
  const steps = new Steps(MINUTE)
  for (const time of [0, MINUTE - 1, MINUTE, -1, 5]) steps.at(time).counter('mood_posts_total').add('x')
  expect(steps.size).toBe(3)
  expect(steps.encode()).toEqual([
    [0, [['mood_posts_total', [['x', 3]]]], []],
    [MINUTE, [['mood_posts_total', [['x', 1]]]], []],
    [-MINUTE, [['mood_posts_total', [['x', 1]]]], []],
  ])
})

test('a step keeps counters and histograms by the names of their metrics', () => {
  const step = new Steps(MINUTE).at(0)
  expect(step.counter('mood_posts_total')).toBe(step.counter('mood_posts_total'))
  step.histogram('mood_positivity_ratio').cell('x').observe(0.5)
  const [, , histograms] = (() => {
    const steps = new Steps(MINUTE)
    steps.at(0).histogram('mood_positivity_ratio').cell('x').observe(2)
    return steps.encode()[0] as NonNullable<ReturnType<Steps['encode']>[0]>
  })()
  const counts = METRICS.mood_positivity_ratio.buckets.map(() => 0)
  expect(histograms).toEqual([['mood_positivity_ratio', [['x', [...counts, 1], 2, null]]]])
})

test('after a reset the same step begins at 0', () => {
  const steps = new Steps(MINUTE)
  steps.at(5).counter('mood_posts_total').add('x')
  steps.reset()
  expect(steps.size).toBe(0)
  expect(steps.encode()).toEqual([])
  steps.at(5).counter('mood_posts_total').add('x')
  expect(steps.encode()).toEqual([[0, [['mood_posts_total', [['x', 1]]]], []]])
})
