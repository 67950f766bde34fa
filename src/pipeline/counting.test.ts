import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { State } from '../state/state.ts'
import { PostCounter } from './counting.ts'
import { counts, testWorkerConfig } from './pipeline-testing.ts'
import type { PipelinePost } from './scoring.ts'

const NOW = 600_000

const spec = (name: string) => ({ use: name, name, options: {} })

const WORKER_CONFIG = testWorkerConfig({
  topics: [{ name: 'a' }, { name: 'b' }],
  scorers: [spec('one'), spec('two')],
})

const item = (scores: PipelinePost['scores'], more: Partial<PipelinePost> = {}): PipelinePost => ({
  post: { text: 'x', createdAt: 0 },
  record: 0,
  index: 0,
  eventTime: NOW,
  topics: [0],
  lang: 'en',
  scores,
  ...more,
})

function counted(...items: PipelinePost[]): State {
  const state = new State(WORKER_CONFIG.shape)
  const counter = new PostCounter('src', WORKER_CONFIG, state)
  for (const each of items) counter.count(each, NOW)
  return state
}

test('a post counts once for each of its topics and each scorer', () => {
  const state = counted(item([0.5, null], { topics: [0, 1] }), item([-0.5, 0], { lang: 'other' }))
  expect(counts(state, 'mood_posts_total')).toEqual({
    'src a en one positive': 1,
    'src a en two unknown': 1,
    'src b en one positive': 1,
    'src b en two unknown': 1,
    'src a other one negative': 1,
    'src a other two neutral': 1,
  })
})

test('scores are cut into sentiments at the thresholds, which belong to the outer ones', () => {
  const scores = [1, 0.05, 0.0499, 0, -0.0499, -0.05, -1]
  const state = counted(...scores.map(score => item([score, null])))
  expect(counts(state, 'mood_posts_total')).toEqual({
    'src a en one positive': 2,
    'src a en one neutral': 3,
    'src a en one negative': 2,
    'src a en two unknown': 7,
  })
})

test('positivity holds the scores there are, from 0 to 1', () => {
  const state = counted(item([-1, null]), item([0, null]), item([1, null]))
  const histogram = state.histogram('mood_positivity_ratio')
  const cell = histogram.cell(labelKey('src', 'a', 'one'))
  expect({ count: cell.count, sum: cell.sum }).toEqual({ count: 3, sum: 1.5 })
  expect([...histogram.entries()]).toHaveLength(1)
})

test('emotions count in each topic of the post, and so does how far scorers part', () => {
  const details = [undefined, { score: 0, emotions: ['joy', 'trust'], disagreement: 0.3 }]
  const state = counted(item([0, 0], { topics: [0, 1], details }), item([0, 0], { details }))
  expect(Object.fromEntries(state.counter('mood_posts_by_emotion_total').entries())).toEqual({
    [labelKey('src', 'a', 'two', 'joy')]: 2,
    [labelKey('src', 'a', 'two', 'trust')]: 2,
    [labelKey('src', 'b', 'two', 'joy')]: 1,
    [labelKey('src', 'b', 'two', 'trust')]: 1,
  })
  const { count, sum } = state.histogram('mood_scorer_disagreement_ratio').cell(labelKey('src', 'a', 'two'))
  expect([count, sum]).toEqual([2, 0.6])
})

test('a window holds the posts of its time, and whose they are', () => {
  const state = counted(item([0.5, null]), item([null, null], { eventTime: NOW - 60_000 }))
  const slices = state.windows.get('1m')?.slices
  const mood = (start: number) => slices?.get(start)?.moods.get(labelKey('a', 'one'))
  expect(mood(NOW)).toMatchObject({ posts: [1, 0, 0, 0], score: 0.5 })
  expect(mood(NOW - 60_000)).toMatchObject({ posts: [0, 0, 0, 1], score: 0 })
  expect(slices?.get(NOW)?.sources.get('src')).toBe(1)
})

test('the delay is from when a post was written to its commit, and a post of the future counts as written now', () => {
  const delta = counted(item([0, 0], { eventTime: NOW - 2000 }), item([0, 0], { eventTime: NOW + 500 }))
  const live = new State(WORKER_CONFIG.shape)
  live.merge(delta, NOW + 1000)
  const { sum, count } = live.histogram('mood_post_delay_seconds').cell('src')
  expect([sum, count]).toEqual([4, 2])
})

test('the first post of each bucket is its exemplar, by its URL or its id', () => {
  const post = (more: object) => ({ post: { text: 'x', createdAt: 0, ...more } })
  const state = counted(
    item([1, null], post({ id: '7', url: 'https://example.org/7' })),
    item([1, null], post({ id: '8' })),
    item([-1, null], post({ id: '9' })),
    item([0, null], post({ id: 'x'.repeat(121) })),
    item([0.3, null], post({ id: 'lone \ud800' })),
    item([0.3, null], post({ id: 'nothing \0 here' })),
    // A scorer may have put there what does not belong.
    item([-0.5, null], post({ url: ['x'] })),
    item([-0.5, null], post({ url: 7 })),
  )
  const { exemplars } = state.histogram('mood_positivity_ratio').cell(labelKey('src', 'a', 'one'))
  expect(exemplars.filter(exemplar => exemplar !== null)).toEqual([
    { label: 'id', text: '9', value: 0, at: NOW / 1000 },
    { label: 'url', text: 'https://example.org/7', value: 1, at: NOW / 1000 },
  ])
})

test('terms count in each topic of the post, with the score of the first scorer', () => {
  const state = new State(WORKER_CONFIG.shape)
  const counter = new PostCounter('src', WORKER_CONFIG, state)
  counter.countTerms(0, item([0.5, -1], { topics: [0, 1] }), ['x', 'y'])
  counter.countTerms(0, item([null, -1]), ['x'])
  const top = (topic: string) => state.terms.get('terms')?.[0]?.slices.at(NOW, topic).top(9)
  expect(top('a')).toMatchObject([
    ['x', { count: 2, score: 0.5, scored: 1 }],
    ['y', { count: 1, score: 0.5, scored: 1 }],
  ])
  expect(top('b')).toMatchObject([
    ['x', { count: 1, score: 0.5, scored: 1 }],
    ['y', { count: 1, score: 0.5, scored: 1 }],
  ])
})
