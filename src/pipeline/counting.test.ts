import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { State } from '../state/state.ts'
import { PostCounter } from './counting.ts'
import { counts, testWorkerConfig } from './pipeline-testing.ts'
import { PostSampler } from './sampling.ts'
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

test('thresholds belong to the positive and negative sentiments', () => {
  const scores = [1, 0.05, 0.0499, 0, -0.0499, -0.05, -1]
  const state = counted(...scores.map(score => item([score, null])))
  expect(counts(state, 'mood_posts_total')).toEqual({
    'src a en one positive': 2,
    'src a en one neutral': 3,
    'src a en one negative': 2,
    'src a en two unknown': 7,
  })
})

test('positivity contains existing scores, from 0 to 1', () => {
  const state = counted(item([-1, null]), item([0, null]), item([1, null]))
  const histogram = state.histogram('mood_positivity_ratio')
  const cell = histogram.cell(labelKey('src', 'a', 'one'))
  expect({ count: cell.count, sum: cell.sum }).toEqual({ count: 3, sum: 1.5 })
  expect([...histogram.entries()]).toHaveLength(1)
})

test('emotions and disagreement count in each topic of the post', () => {
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

test('a window contains the posts of its time, by source', () => {
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

/** What a counter of these topics, languages and scorers has counted into a state with history, steps and samples. */
function countedAll(...items: PipelinePost[]) {
  const shape = { ...WORKER_CONFIG.shape, history: { slice: 60_000, keep: 3_600_000 }, step: 60_000 }
  const state = new State(shape)
  const sampler = new PostSampler({ perMinute: 100, text: false })
  const counter = new PostCounter('src', { ...WORKER_CONFIG, shape }, state, sampler)
  for (const each of items) counter.count(each, NOW)
  return { state, samples: sampler.take() }
}

/** A post of each topic, language and scorer, no two with the same counts. */
const VARIED = [
  item([1, -1], { topics: [0, 1] }),
  item([1, null], { topics: [1], lang: 'ko' }),
  item([-0.5, 0], { topics: [1], lang: 'other' }),
  item([0, 0.5], { topics: [0], lang: 'other', eventTime: NOW - 60_000 }),
]

test('what is kept for reports is by topic, language and scorer, in slices of the time of the post', () => {
  const { state } = countedAll(...VARIED)
  const { slices } = state.history?.encode() ?? { slices: [] }
  const moods = slices.map(([start, cells]) => [
    start,
    Object.fromEntries(
      cells.map(([key, posts, score]) => [key.replaceAll('\u001f', ' '), [...posts, score]]),
    ),
  ])
  expect(moods).toEqual([
    [
      NOW,
      {
        'a en one': [1, 0, 0, 0, 1],
        'a en two': [0, 0, 1, 0, -1],
        'b en one': [1, 0, 0, 0, 1],
        'b en two': [0, 0, 1, 0, -1],
        'b ko one': [1, 0, 0, 0, 1],
        'b ko two': [0, 0, 0, 1, 0],
        'b other one': [0, 0, 1, 0, -0.5],
        'b other two': [0, 1, 0, 0, 0],
      },
    ],
    [NOW - 60_000, { 'a other one': [0, 1, 0, 0, 0], 'a other two': [1, 0, 0, 0, 0.5] }],
  ])
})

test('counts by steps of event time equal those of all time', () => {
  const details = [{ score: 0, emotions: ['joy'], disagreement: 0.3 }]
  const { state } = countedAll(...VARIED, item([1, 1], { details, topics: [0, 1] }))
  const sum = new State(WORKER_CONFIG.shape)
  for (const time of [NOW, NOW - 60_000]) {
    const step = state.steps?.at(time)
    for (const [name, table] of step?.counters ?? []) sum.counter(name).merge(table)
    for (const [name, table] of step?.histograms ?? []) sum.histogram(name).merge(table)
  }
  for (const name of ['mood_posts_total', 'mood_posts_by_emotion_total'] as const)
    expect(counts(sum, name)).toEqual(counts(state, name))
  for (const name of ['mood_positivity_ratio', 'mood_scorer_disagreement_ratio'] as const) {
    const cells = (of: State) =>
      Object.fromEntries(
        Array.from(of.histogram(name).entries(), ([key, { counts, sum }]) => [key, [counts, sum]]),
      )
    expect(Object.keys(cells(sum)).length).toBeGreaterThan(1)
    expect(cells(sum)).toEqual(cells(state))
  }
  expect(counts(state, 'mood_posts_total')).toMatchObject({ 'src b ko two unknown': 1 })
})

test('a post is sampled for each of its topics, by the first scorer', () => {
  const { samples } = countedAll(item([0.5, -1], { topics: [0, 1] }), item([null, 1], { lang: 'ko' }))
  expect(
    samples.map(({ source, topic, lang, scorer, sentiment, score, at }) => [
      source,
      topic,
      lang,
      scorer,
      sentiment,
      score,
      at,
    ]),
  ).toEqual([
    ['src', 'a', 'en', 'one', 'positive', 0.5, NOW],
    ['src', 'b', 'en', 'one', 'positive', 0.5, NOW],
    ['src', 'a', 'ko', 'one', 'unknown', null, NOW],
  ])
})

test('series of topics, languages, scorers and sentiments are distinguished', () => {
  const { state } = countedAll(...VARIED)
  expect(counts(state, 'mood_posts_total')).toEqual({
    'src a en one positive': 1,
    'src a en two negative': 1,
    'src b en one positive': 1,
    'src b en two negative': 1,
    'src b ko one positive': 1,
    'src b ko two unknown': 1,
    'src b other one negative': 1,
    'src b other two neutral': 1,
    'src a other one neutral': 1,
    'src a other two positive': 1,
  })
  const sums = Array.from(state.histogram('mood_positivity_ratio').entries(), ([key, { sum }]) => [
    key.replaceAll('\u001f', ' '),
    sum,
  ])
  expect(Object.fromEntries(sums)).toEqual({
    'src a one': 1.5,
    'src a two': 0.75,
    'src b one': 2.25,
    'src b two': 0.5,
  })
})

test('an exemplar may be as long as Prometheus allows', () => {
  const state = counted(item([1, null], { post: { text: 'x', createdAt: 0, id: 'x'.repeat(120) } }))
  const { exemplars } = state.histogram('mood_positivity_ratio').cell(labelKey('src', 'a', 'one'))
  expect(exemplars.filter(Boolean)).toHaveLength(1)
})
