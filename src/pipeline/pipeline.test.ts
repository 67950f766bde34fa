import { expect, test } from 'vitest'
import type { Format } from '../plugin/format.ts'
import type { Post } from '../plugin/post.ts'
import type { Scorer } from '../plugin/scorer.ts'
import { State } from '../state/state.ts'
import { SeenIds } from './dedupe.ts'
import type { Job } from './job.ts'
import { Pipeline } from './pipeline.ts'
import { counts, testJob, testWorkerConfig } from './pipeline-testing.ts'
import type { RelayEvents } from './relay.ts'
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

test('records, bytes and posts are counted, whether or not they are scored', () => {
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

test('a post from the future counts at the time of its arrival', () => {
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

test('an id seen by one worker is a duplicate for another', () => {
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

test('with synchronous scorers, the pipeline is synchronous', () => {
  expect(made().pipeline).toMatchObject({ synchronous: true, stride: 1 })
})

test('what never was in a batch counts as read and dropped', () => {
  const { pipeline, of } = made()
  pipeline.drops(0, [
    { reason: 'oversized', records: 2, bytes: 100 },
    { reason: 'overflow', records: 3, bytes: 7 },
  ])
  expect(of('mood_source_records_total')).toEqual({ src: 5 })
  expect(of('mood_source_bytes_total')).toEqual({ src: 107 })
  expect(of('mood_posts_dropped_total')).toEqual({ 'src oversized': 2, 'src overflow': 3 })
})

test('the event time of a batch is that of its partition, if the batch has one', () => {
  const { pipeline, state, map } = made()
  pipeline.observe(map(testJob([record({ createdAt: 5 }, { createdAt: 9 }, { createdAt: 7 })])), 'p1')
  pipeline.observe(map(testJob(['[]'])), 'p2')
  expect(JSON.parse(state.encodeBase()).eventTimes).toEqual([['src', 'p1', 9]])
})

test('a post exactly as far in the future as it may be keeps its time', () => {
  const { map, of } = made()
  const job = map(testJob([record({ createdAt: NOW + 60_000 })], { receivedAt: NOW }))
  expect(of('mood_future_posts_total')).toEqual({})
  expect(job.maxEventTime).toBe(NOW + 60_000)
})

test('posts are sampled only where outputs want them', () => {
  const sampling = made({ samples: { perMinute: 10, text: true } })
  sampling.map(testJob([record({ text: 'one' }, { text: 'two' })]))
  expect(sampling.pipeline.takeSamples().map(({ text }) => text)).toEqual(['one', 'two'])
  expect(sampling.pipeline.takeSamples()).toEqual([])
  const other = made()
  other.map(testJob([record({})]))
  expect(other.pipeline.takeSamples()).toEqual([])
})

test('ids that were seen are logged for the store, also those of a batch that is mapped again', () => {
  const workerConfig = remembering()
  const job = testJob([record({ id: '1' }, { id: '2' })])
  const first = made(workerConfig)
  first.map(job)
  const log = first.pipeline.takeIds()
  expect(log).toHaveLength(4)
  expect(first.pipeline.takeIds()).toBeNull()
  const again = made(workerConfig)
  again.map(job)
  expect(again.pipeline.takeIds()).toEqual(log)
  expect(made().pipeline.takeIds()).toBeNull()
})

test('equal ids of different sources are different posts', () => {
  const source = (name: string) => ({ name, format: { use: 'fmt', name: 'fmt', options: {} }, dedupe: true })
  const workerConfig = { sources: ['one', 'two', 'on', 'eno'].map(source), seenIds: SeenIds.allocate(1000) }
  const { map, of } = made(workerConfig)
  for (let at = 0; at < 4; at++) map(testJob([record({ id: '1' })], { source: at }))
  expect(of('mood_posts_dropped_total')).toEqual({})
})

test('a post without a language has the detected one, if there is a detector that knows', () => {
  const workerConfig = testWorkerConfig()
  const state = new State(workerConfig.shape)
  const langs: unknown[] = []
  const asked: string[] = []
  const detector = {
    detect: (text: string) => {
      asked.push(text)
      return text === 'hi' ? 'en' : undefined
    },
  }
  const scorer: Scorer = {
    score: ({ lang }) => {
      langs.push(lang)
      return 0
    },
  }
  const pipeline = new Pipeline(
    workerConfig,
    { formats: [FORMAT], scorers: [scorer], extractors: [], detector: detector as never },
    state,
    new ThreadActivity(),
    { onDrop: () => {}, onFailure: () => {} },
  )
  pipeline.record(testJob([record({ text: 'hi' }, { text: '?' }, { text: 'hi', lang: 'ko' })]), 0)
  expect(langs).toEqual(['en', undefined, 'ko'])
  expect(asked).toEqual(['hi', '?'])
  expect(counts(state, 'mood_posts_total')).toEqual({
    'src all en one neutral': 1,
    'src all other one neutral': 1,
    'src all ko one neutral': 1,
  })
})

test('all plugins are given one post, which none of them can change', () => {
  const posts: Post[] = []
  const scorer: Scorer = {
    score: post => {
      posts.push(post)
      return 0
    },
  }
  const { map } = made({ topics: [{ name: 'a', any: ['x'] }] }, [scorer])
  map(testJob([record({ topics: ['a'] }, {})]))
  expect(posts.map(post => [Object.isFrozen(post), Object.isFrozen(post.topics)])).toEqual([
    [true, true],
    [true, true],
  ])
  expect(posts.map(({ trends }) => trends)).toEqual([undefined, undefined])
})

test('terms are those of each extractor, and more than the limit count once for the post', () => {
  const { map, state, of } = made({ termsPerPost: 2 })
  map(testJob([record({ text: 'a b c d' }, { text: 'a' })]))
  const top = state.terms.get('terms')?.[0]?.slices.at(NOW, 'all').top(9)
  expect(top?.map(([term, { count }]) => [term, count])).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  expect(of('mood_posts_over_term_limit_total')).toEqual({ terms: 1 })
})

test('a post without terms opens no slice', () => {
  const workerConfig = testWorkerConfig()
  const state = new State(workerConfig.shape)
  const pipeline = new Pipeline(
    workerConfig,
    { formats: [FORMAT], scorers: [], extractors: [{ extract: () => [] }], detector: null },
    state,
    new ThreadActivity(),
    { onDrop: () => {}, onFailure: () => {} },
  )
  pipeline.record(testJob([record({})]), 0)
  expect(state.terms.get('terms')?.[0]?.slices.size).toBe(0)
})

test('guards are those of formats, scorers and extractors, in that order, with their index', () => {
  expect(made().pipeline.guards.map(({ kind, name, index }) => [kind, name, index])).toEqual([
    ['format', 'fmt', 0],
    ['scorer', 'one', 1],
    ['extractor', 'terms', 2],
  ])
})

test('a drop says what was wrong, and a second one of its kind counts in the same series', () => {
  const workerConfig = testWorkerConfig({ ...remembering(), topics: [{ name: 'nova', any: ['nova'] }] })
  const state = new State(workerConfig.shape)
  const messages: string[] = []
  const pipeline = new Pipeline(
    workerConfig,
    { formats: [FORMAT], scorers: [], extractors: [], detector: null },
    state,
    new ThreadActivity(),
    {
      onDrop: (_job, _record, reason, message) => messages.push(`${reason}: ${message}`),
      onFailure: () => {},
    },
  )
  pipeline.record(testJob([record({ id: '7', text: 'nova' }, { id: '7', text: 'nova' }, {}, {})]), 0)
  expect(messages).toEqual([
    'duplicate: a post with the id 7 was counted already',
    'off_topic: matches no topic',
    'off_topic: matches no topic',
  ])
  expect(counts(state, 'mood_posts_dropped_total')).toEqual({ 'src duplicate': 1, 'src off_topic': 2 })
})

test('what is relayed counts, what the receiver rejects is dropped, and failed attempts are reported', async () => {
  const workerConfig = testWorkerConfig()
  const state = new State(workerConfig.shape)
  const told: string[] = []
  const relay = {
    write: async (posts: readonly Post[], events: RelayEvents) => {
      events.failed('not now')
      for (const [index, { text }] of posts.entries())
        if (text === 'long') events.rejected(index, 'too large')
    },
  }
  const pipeline = new Pipeline(
    workerConfig,
    { formats: [FORMAT], scorers: [], extractors: [], detector: null, relay: relay as never },
    state,
    new ThreadActivity(),
    {
      onDrop: (_job, at, reason, message) => told.push(`${at} ${reason}: ${message}`),
      onFailure: () => {},
      onRelayFailure: message => told.push(message),
    },
  )
  expect([pipeline.synchronous, pipeline.stride]).toEqual([false, 1024])
  const job = testJob([record({ text: 'a' }), record({ text: 'long' }, { text: 'b' })])
  await pipeline.records(job, 0, 2)
  expect(told).toEqual(['not now', '1 oversized: too large'])
  expect(counts(state, 'mood_source_posts_total')).toEqual({ src: 3 })
  expect(counts(state, 'mood_posts_dropped_total')).toEqual({ 'src oversized': 1 })
  expect(state.windows.get('1m')?.slices.at(NOW).sources.get('src')).toBe(2)
})

test('records from one up to, and not including, another are mapped', async () => {
  const { pipeline, of } = made()
  await pipeline.records(testJob([record({}), record({}), record({}), record({})]), 1, 3)
  expect(of('mood_source_records_total')).toEqual({ src: 2 })
  expect(of('mood_posts_total')).toEqual({ 'src all other one positive': 2 })
})

test('posts that a source made itself are decoded as posts, also where its format has rankings', () => {
  const format = { use: 'fmt', name: 'fmt', options: {} }
  const rankings = {
    windows: [{ label: '1h', size: 3_600_000 }],
    top: 5,
    terms: 5,
    snapshots: 5,
    keep: 3_600_000,
  }
  const { map, of } = made({
    sources: [{ name: 'src', format, dedupe: false, rankings: true }],
    shape: { ...testWorkerConfig().shape, rankings },
  })
  map(testJob([JSON.stringify({ text: 'x', createdAt: NOW })], { posts: true }))
  expect(of('mood_posts_total')).toEqual({ 'src all other one positive': 1 })
})
