import { expect, test } from 'vitest'
import { parseSamples } from '../stack/samples.ts'
import { ExpectedCounts } from './expected-counts.ts'
import { Scraper } from './scraper.ts'

function scraper() {
  const problems: string[] = []
  const expected = new ExpectedCounts([])
  for (let i = 0; i < 10; i++) expected.add('live', { bytes: Buffer.alloc(0), posts: [], fault: 'invalid' })
  const made = new Scraper({
    expected,
    sources: ['live'],
    current: () => undefined,
    problem: what => problems.push(what),
  })
  return { made, problems, look: (text: string) => made.look(parseSamples(text)) }
}

test('a counter that goes back or vanishes is a problem, a gauge that does is none', () => {
  const { made, problems, look } = scraper()
  look(
    'mood_source_records_total{source="live"} 5\nmood_late_posts_total 2\nmood_workers 2\nprocess_cpu_seconds_total 9',
  )
  look('mood_source_records_total{source="live"} 4\nmood_workers 1\nprocess_cpu_seconds_total 1')
  expect(made.wentBack).toEqual([
    { series: 'mood_source_records_total{"source":"live"}', from: 5, to: 4 },
    { series: 'mood_late_posts_total{}', from: 2, to: undefined },
  ])
  expect(problems).toEqual(['counters went back: 2 series'])
})

test('the least step back of a sum is one: Prometheus takes it for a reset', () => {
  const { made, look } = scraper()
  look('mood_positivity_ratio_sum{source="live"} 0.30000000000000004')
  look('mood_positivity_ratio_sum{source="live"} 0.3')
  expect(made.wentBack).toHaveLength(1)
})

test('a counter that was zero may vanish', () => {
  const { problems, look } = scraper()
  look('mood_late_posts_total 0')
  look('')
  expect(problems).toEqual([])
})

test('series of a topic that is removed may vanish, and begin at zero when it is back', () => {
  const { made, problems, look } = scraper()
  const series = (n: number) => `mood_positivity_ratio_sum{source="live",topic="comet"} ${n}`
  look(series(5))
  made.ignoreTopic('comet')
  look(series(6))
  look('')
  made.watchTopic('comet')
  look(series(1))
  look(series(2))
  expect(problems).toEqual([])
  look(series(1))
  expect(made.wentBack).toHaveLength(1)
})

test('more than was written is a problem, said once', () => {
  const { problems, look } = scraper()
  look('mood_source_records_total{source="live"} 10')
  expect(problems).toEqual([])
  look('mood_source_records_total{source="live"} 11')
  look('mood_source_records_total{source="live"} 12')
  expect(problems).toEqual(['more is shown than was written: 1 series'])
})
