import { expect, test } from 'vitest'
import { InvalidRecord } from '../plugin/format.ts'
import type { Ranking, RankingFormat } from '../plugin/ranking.ts'
import { State } from '../state/state.ts'
import { Pipeline } from './pipeline.ts'
import { counts, testJob, testWorkerConfig } from './pipeline-testing.ts'
import { ThreadActivity } from './thread-activity.ts'
import type { WorkerConfig } from './worker-config.ts'

const RECEIVED = 1_000_000

function made(decode: RankingFormat['decode'], more: Partial<WorkerConfig> = {}) {
  const { sources, shape } = testWorkerConfig()
  const workerConfig = testWorkerConfig({
    sources: sources.map(source => ({ ...source, rankings: true })),
    shape: {
      ...shape,
      rankings: {
        windows: [{ label: '1h', size: 3_600_000 }],
        top: 10,
        terms: 5,
        snapshots: 10,
        keep: 3_600_000,
      },
    },
    ...more,
  })
  const state = new State(workerConfig.shape)
  const drops: string[] = []
  const pipeline = new Pipeline(
    workerConfig,
    {
      formats: [{ decode }],
      scorers: [{ score: () => 1 }],
      extractors: [{ extract: () => [] }],
      detector: null,
    },
    state,
    new ThreadActivity(),
    { onDrop: (_job, _record, reason, message) => drops.push(`${reason}: ${message}`), onFailure: () => {} },
  )
  const map = (...records: string[]) => {
    const job = testJob(records, { receivedAt: RECEIVED })
    for (let at = 0; at < records.length; at++) pipeline.record(job, at)
    return job
  }
  const snapshots = () => state.rankings?.of('src')?.snapshots ?? []
  return { map, drops, snapshots, of: (name: Parameters<State['counter']>[0]) => counts(state, name) }
}

const ranking = (at: number, ...terms: string[]): Ranking => ({
  at,
  items: terms.map((term, i) => ({ rank: i + 1, term })),
})

test('a ranking is part of the delta, and not a post', () => {
  const { map, snapshots, of } = made(text => ranking(5, ...text.split(' ')))
  const job = map('a b')
  expect(snapshots()).toEqual([
    { at: 5, items: ['a', 'b'].map((term, i) => ({ rank: i + 1, term, topics: [] })) },
  ])
  expect(of('mood_source_records_total')).toEqual({ src: 1 })
  expect(of('mood_source_posts_total')).toEqual({})
  // It holds back no event time of posts.
  expect(job.maxEventTime).toBe(Number.NEGATIVE_INFINITY)
})

test('a record may contain several rankings, and one of a known time counts as repeated', () => {
  const { map, snapshots, of } = made(() => [ranking(1, 'a'), ranking(2, 'b'), ranking(1, 'c')])
  map('x')
  expect(snapshots().map(({ items: [first] }) => first?.term)).toEqual(['a', 'b'])
  expect(of('mood_ranking_snapshots_total')).toEqual({ 'src repeated': 1 })
})

test('a ranking too far ahead of the clock gets the time of its arrival', () => {
  const { map, snapshots, of } = made(text => ranking(Number(text), 'a'))
  map(String(RECEIVED + 60_000), String(RECEIVED + 60_001))
  expect(snapshots().map(({ at }) => at)).toEqual([RECEIVED, RECEIVED + 60_000])
  expect(of('mood_future_posts_total')).toEqual({ src: 1 })
})

test('a term names the topics whose keywords it has', () => {
  const { map, snapshots } = made(() => ranking(1, '갤럭시 S26', 'other'), {
    topics: [
      { name: 'galaxy', any: ['갤럭시'] },
      { name: 'all else', not: ['갤럭시'] },
    ],
  })
  map('x')
  expect(snapshots()[0]?.items.map(({ topics }) => topics)).toEqual([['galaxy'], ['all else']])
})

test('a record of another structure is invalid, and an invalid ranking is an error of the format', () => {
  const { map, drops, of } = made(text => {
    if (text === 'shape') throw new InvalidRecord('top10: expected an array, got nothing')
    if (text === 'none') return null
    return (text === 'post' ? { text: 'a', createdAt: 1 } : ranking(1)) as never
  })
  map('shape', 'none', 'post', 'empty')
  expect(of('mood_posts_dropped_total')).toEqual({ 'src invalid': 1, 'src not_a_post': 1, 'src plugin': 2 })
  expect(drops[0]).toBe('invalid: top10: expected an array, got nothing')
  expect(of('mood_plugin_errors_total')).toEqual({ 'format fmt invalid_result': 2 })
})
