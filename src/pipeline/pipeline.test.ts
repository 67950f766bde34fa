import { expect, test } from 'vitest'
import type { Format } from '../plugin/format.ts'
import type { Post } from '../plugin/post.ts'
import type { Scorer } from '../plugin/scorer.ts'
import { State } from '../state/state.ts'
import { SeenIds } from './dedupe.ts'
import type { Job } from './job.ts'
import { Pipeline } from './pipeline.ts'
import { counts, testJob, testWorkerConfig } from './pipeline-testing.ts'
import { ThreadActivity } from './thread-activity.ts'
import type { WorkerConfig } from './worker-config.ts'

const NOW = 1_000_000

/** A record is the JSON of a post, or of several. */
const FORMAT: Format = { decode: text => JSON.parse(text) }

const record = (...posts: Partial<Post>[]) =>
  JSON.stringify(posts.map(post => ({ text: 'x', createdAt: NOW, ...post })))

/** A pipeline whose scorer says 0.5 of everything, and what it has counted. */
function made(more: Partial<WorkerConfig> = {}, scorers: Scorer[] = [{ score: () => 0.5 }]) {
  const workerConfig = testWorkerConfig(more)
  const state = new State(workerConfig.shape)
  const drops: string[] = []
  const pipeline = new Pipeline(
    workerConfig,
    {
      formats: workerConfig.sources.map(() => FORMAT),
      scorers,
      extractors: [{ extract: ({ text }) => text.split(' ') }],
      detector: null,
    },
    state,
    new ThreadActivity(),
    { onDrop: (_job, at, reason) => drops.push(`${at} ${reason}`), onFailure: () => {} },
  )
  const map = (job: Job) => {
    for (let at = 0; at < job.records.records; at++) pipeline.record(job, at)
    return job
  }
  return { pipeline, state, drops, map, of: (name: Parameters<State['counter']>[0]) => counts(state, name) }
}

const remembering = () => ({
  sources: [{ name: 'src', format: { use: 'fmt', name: 'fmt', options: {} }, dedupe: true }],
  seenIds: SeenIds.allocate(1000),
})

test('records, their bytes and their posts are counted, whatever becomes of them', () => {
  const { map, of, drops } = made()
  const records = [record({}, {}), '[]', record({ text: '' })]
  map(testJob(records))
  expect(of('mood_source_records_total')).toEqual({ src: 3 })
  expect(of('mood_source_bytes_total')).toEqual({ src: records.join('').length })
  expect(of('mood_source_posts_total')).toEqual({ src: 3 })
  expect(of('mood_posts_total')).toEqual({ 'src all other one positive': 3 })
  expect(of('mood_posts_dropped_total')).toEqual({ 'src not_a_post': 1 })
  expect(drops).toEqual(['1 not_a_post'])
})

test('a post that matches no topic is neither scored nor searched for terms', () => {
  const scored: string[] = []
  const scorer: Scorer = {
    score: ({ text }) => {
      scored.push(text)
      return 0
    },
  }
  const { map, of, state } = made({ topics: [{ name: 'nova', any: ['nova'] }] }, [scorer])
  map(testJob([record({ text: 'a nova' }, { text: 'the weather' })]))
  expect(scored).toEqual(['a nova'])
  expect(of('mood_posts_dropped_total')).toEqual({ 'src off_topic': 1 })
  const terms = [...(state.terms.get('terms')?.[0]?.slices.entries() ?? [])].flatMap(([, topics]) => [
    ...topics.keys(),
  ])
  expect(terms).toEqual(['nova'])
})

test('topics that the source names count beside those that the text matches, once each', () => {
  const topics = [
    { name: 'nova', any: ['nova'] },
    { name: 'other', any: ['other'] },
  ]
  const { map, of } = made({ topics })
  map(testJob([record({ text: 'nova', topics: ['nova', 'other', 'unheard of', '__proto__'] })]))
  expect(of('mood_posts_total')).toEqual({
    'src nova other one positive': 1,
    'src other other one positive': 1,
  })
})

test('languages that are not configured count as other', () => {
  const { map, of } = made()
  map(testJob([record({ lang: 'en-GB' }, { lang: 'fr' }, {}, { lang: '__proto__' })]))
  expect(of('mood_posts_total')).toEqual({ 'src all en one positive': 1, 'src all other one positive': 3 })
})

test('a post of the future counts as written when it came', () => {
  const { map, of } = made()
  const job = map(testJob([record({ createdAt: NOW + 60_001 }, { createdAt: NOW + 1 })], { receivedAt: NOW }))
  expect(of('mood_future_posts_total')).toEqual({ src: 1 })
  expect(job.maxEventTime).toBe(NOW + 1)
})

test('a post with an id that was seen is a duplicate; one without an id never is', () => {
  const { map, of } = made(remembering())
  map(testJob([record({ id: '1' }, { id: '2' }), record({ id: '1' }, {}, {})]))
  expect(of('mood_posts_total')).toEqual({ 'src all other one positive': 4 })
  expect(of('mood_posts_dropped_total')).toEqual({ 'src duplicate': 1 })
})

test('what one worker has seen another takes for a duplicate', () => {
  const workerConfig = remembering()
  made(workerConfig).map(testJob([record({ id: '1' })]))
  const other = made(workerConfig)
  other.map(testJob([record({ id: '1' })]))
  expect(other.of('mood_posts_dropped_total')).toEqual({ 'src duplicate': 1 })
})

test.each([1, 31, 32, 100])(
  'a batch that is mapped again counts the same again, with %d posts to a record',
  posts => {
    const workerConfig = remembering()
    const page = Array.from({ length: posts }, (_, i) => ({ id: `${i}` }))
    // The first post a second time.
    const job = testJob([record(...page), record({ id: '0' })])
    const count = () => {
      const { map, of } = made(workerConfig)
      map(job)
      return [of('mood_posts_total'), of('mood_posts_dropped_total')]
    }
    const first = count()
    expect(first).toEqual([{ 'src all other one positive': posts }, { 'src duplicate': 1 }])
    expect(count()).toEqual(first)
  },
)

test('duplicates within one page are found, however long it is', () => {
  const { map, of } = made(remembering())
  map(testJob([record(...Array.from({ length: 100 }, (_, i) => ({ id: `${i % 50}` })))]))
  expect(of('mood_posts_dropped_total')).toEqual({ 'src duplicate': 50 })
})

test('with a scorer that takes batches, records are mapped together and count the same', async () => {
  const sizes: number[] = []
  const batches: Scorer = {
    batchSize: 3,
    concurrency: 2,
    async scoreBatch(posts) {
      sizes.push(posts.length)
      return posts.map(({ text }) => (text === 'bad' ? -1 : 1))
    },
  }
  const scorers = ['one', 'two'].map(name => ({ use: name, name, options: {} }))
  const { pipeline, of } = made({ scorers }, [{ score: () => 0 }, batches])
  expect(pipeline.synchronous).toBe(false)
  expect(pipeline.stride).toBe(6)
  const texts = ['good', 'bad', 'good', 'good']
  await pipeline.records(testJob(texts.map(text => record({ text }))), 1, 4)
  expect(sizes).toEqual([3])
  expect(of('mood_source_records_total')).toEqual({ src: 3 })
  expect(of('mood_posts_total')).toEqual({
    'src all other one neutral': 3,
    'src all other two positive': 2,
    'src all other two negative': 1,
  })
})

test('where scorers score at once, so does the pipeline', () => {
  expect(made().pipeline).toMatchObject({ synchronous: true, stride: 1 })
})
