import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import type { CounterName } from '../catalogue/metrics.ts'
import { BatchReader, BatchWriter, batchMemory } from '../pipeline/batch.ts'
import { SeenIds } from '../pipeline/dedupe.ts'
import type { Job } from '../pipeline/job.ts'
import { type Instances, Pipeline } from '../pipeline/pipeline.ts'
import { testWorkerConfig } from '../pipeline/pipeline-testing.ts'
import { ThreadActivity } from '../pipeline/thread-activity.ts'
import type { WorkerConfig } from '../pipeline/worker-config.ts'
import type { ClosedWindow } from '../state/event-window.ts'
import { deltaShapeOf } from '../state/shape.ts'
import { State } from '../state/state.ts'
import { sliceStart } from '../state/window-slices.ts'
import type { Batch, Drop, TrackedBatch } from './batch.ts'
import { Checkpoints } from './checkpoints/checkpoints.ts'
import type { EpochRecord } from './checkpoints/epoch-record.ts'
import { InFlight } from './sources/in-flight.ts'
import { WorkerPool } from './workers/pool.ts'
import { BatchQueue } from './workers/queue.ts'
import { FakeWorker } from './workers/worker-testing.ts'

/** Runs of the property. Each has a seed of its own; set ONE_PASS_SEED to run one again. */
const RUNS = 60
const FIRST_SEED = Number(process.env.ONE_PASS_SEED ?? 1)

/** When everything is received and merged: nothing of the property depends on the clock. */
const NOW = 2_000_000_000_000

/** Event time goes from phase to phase; at the end of each, all of it is committed. */
const PHASE_MS = 60_000
const PHASES = 4
const START = NOW - 3_600_000

beforeEach(() =>
  vi.useFakeTimers({
    now: NOW,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  }),
)
afterEach(() => vi.useRealTimers())

/** Numbers below 1 that a seed makes: mulberry32 (Tommy Ettinger, public domain). */
function randomOf(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T
  return { next, below, pick, chance: (p: number) => next() < p }
}
type Random = ReturnType<typeof randomOf>

const SOURCES = ['left', 'right']
const TOPICS = ['nova', 'rust']
const SCORERS = ['one', 'two']
/** Keeps event time where it is while others hand over posts in any order. */
const ANCHOR = 'anchor'

interface WrittenPost {
  text: string
  createdAt: number
  id?: string
  lang?: string
}

/** Scores that sum up to the same in any order: eighths. */
const scoreOf = (text: string, scorer: number): number | null =>
  text.includes('mute') ? null : ((text.length * (3 + scorer)) % 17) / 8 - 1

function workerConfigOf(seenIds: SharedArrayBuffer): WorkerConfig {
  const spec = (name: string) => ({ use: name, name, options: {} })
  const workerConfig = testWorkerConfig()
  return {
    ...workerConfig,
    sources: [...SOURCES, ANCHOR].map(name => ({ name, format: spec('json'), dedupe: true })),
    topics: TOPICS.map(name => ({ name, any: [name] })),
    scorers: SCORERS.map(spec),
    extractors: [spec('words')],
    shape: {
      ...workerConfig.shape,
      windows: [
        { label: '10s', size: 10_000, slide: 10_000, lateness: 0 },
        { label: '1m', size: 60_000, slide: 20_000, lateness: 0 },
        { label: '1m late', size: 60_000, slide: 60_000, lateness: 30_000 },
      ],
      extractors: [
        {
          name: 'words',
          top: 100,
          windows: [
            { label: '20s', size: 20_000, slide: 10_000 },
            { label: '5m', size: 300_000, slide: 60_000 },
          ],
        },
      ],
      idle: 3_600_000,
    },
    seenIds,
  }
}

/** @param isBatched whether a scorer takes batches, so that records are mapped several at once */
const instancesOf = (isBatched: boolean): Instances => ({
  formats: [...SOURCES, ANCHOR].map(() => ({ decode: (text: string) => JSON.parse(text) })),
  scorers: [
    { score: ({ text }) => scoreOf(text, 0) },
    isBatched
      ? { scoreBatch: async posts => posts.map(({ text }) => scoreOf(text, 1)), batchSize: 3 }
      : { score: ({ text }) => scoreOf(text, 1) },
  ],
  extractors: [{ extract: ({ text }) => text.split(' ') }],
  detector: null,
})

const pipelineOf = (workerConfig: WorkerConfig, state: State, activity: ThreadActivity, isBatched: boolean) =>
  new Pipeline(workerConfig, instancesOf(isBatched), state, activity, {
    onDrop: () => {},
    onFailure: () => {},
  })

const jobOf = (batch: Batch, source: number, number: number): Job => ({
  id: number,
  source,
  records: new BatchReader(batch.memory),
  receivedAt: batch.receivedAt,
  header: undefined,
  posts: false,
  skips: [],
  rejections: null,
  maxEventTime: Number.NEGATIVE_INFINITY,
})

/** One phase of random batches: by source, in the order in which it hands them over. */
type Phase = { source: string; batch: Batch; posts: WrittenPost[] }[]

function phasesOf(random: Random): Phase[] {
  let lastId = 0
  const known: Record<string, WrittenPost[]> = Object.fromEntries(SOURCES.map(source => [source, []]))
  const position: Record<string, number> = {}
  const batchOf = (partition: string, records: WrittenPost[][], isLast: boolean): Batch => {
    const bytes = records.map(posts =>
      // A record that is no JSON is dropped; one may hold several posts.
      Buffer.from(posts.length === 0 ? 'no post' : JSON.stringify(posts)),
    )
    const writer = new BatchWriter(
      batchMemory(
        bytes.length,
        bytes.reduce((sum, { length }) => sum + length, 0),
      ),
      bytes.length,
    )
    for (const record of bytes) writer.add(record)
    const endsGroup = isLast || random.chance(0.6)
    const drops: Drop[] = random.chance(0.2)
      ? [{ reason: 'oversized', records: 1 + random.below(3), bytes: 5 }]
      : []
    if (endsGroup) position[partition] = (position[partition] ?? 0) + 1
    return {
      id: ++lastId,
      memory: writer.memory,
      records: bytes.length,
      bytes: writer.bytes,
      receivedAt: NOW,
      partition,
      header: undefined,
      posts: false,
      position: endsGroup ? position[partition] : undefined,
      endsGroup,
      acknowledge: null,
      drops,
    }
  }
  const postOf = (source: string, phase: number): WrittenPost => {
    const earlier = known[source] as WrittenPost[]
    if (earlier.length > 0 && random.chance(0.2)) return random.pick(earlier)
    const words = Array.from({ length: 1 + random.below(4) }, () =>
      random.pick(['nova', 'rust', 'mute', 'a', 'bb', 'ccc', 'dddd']),
    )
    // Some are from long before: late where event time has passed their windows.
    const from = random.chance(0.15) ? START - PHASE_MS : START + phase * PHASE_MS
    const createdAt = from + random.below(START + (phase + 1) * PHASE_MS - from)
    const post = {
      text: words.join(' '),
      createdAt,
      ...(random.chance(0.6) && { id: `${source}${known[source]?.length}` }),
      ...(random.chance(0.5) && { lang: random.pick(['en', 'ko', 'xx']) }),
    }
    if (post.id) earlier.push(post)
    return post
  }
  return Array.from({ length: PHASES }, (_, phase) => {
    const batches: Phase = []
    const add = (source: string, partition: string, records: WrittenPost[][], isLast = false) =>
      batches.push({ source, batch: batchOf(partition, records, isLast), posts: records.flat() })
    for (let n = 3 + random.below(8); n > 0; n--) {
      const source = random.pick(SOURCES)
      const records = Array.from({ length: random.below(6) }, () =>
        Array.from({ length: random.chance(0.1) ? 0 : 1 + random.below(2) }, () => postOf(source, phase)),
      )
      add(source, `${source}${random.below(2)}`, records)
    }
    // Each partition comes to the end of the phase, so that only the anchor holds back event time.
    const end = START + (phase + 1) * PHASE_MS
    for (const source of SOURCES)
      for (const n of [0, 1]) add(source, `${source}${n}`, [[{ text: 'off topic', createdAt: end }]], true)
    return batches
  })
}

const anchorPost = (end: number): WrittenPost => ({ text: 'off topic', createdAt: end })

function anchorOf(end: number): Batch {
  const record = Buffer.from(JSON.stringify([anchorPost(end)]))
  const writer = new BatchWriter(batchMemory(1, record.length), 1)
  writer.add(record)
  return {
    id: end,
    memory: writer.memory,
    records: 1,
    bytes: writer.bytes,
    receivedAt: NOW,
    partition: '',
    header: undefined,
    posts: false,
    position: end,
    endsGroup: true,
    acknowledge: null,
    drops: [],
  }
}

/** A worker that maps record by record, delivers when it likes, and dies now and then. */
class RandomWorker extends FakeWorker {
  readonly #random: Random
  readonly #pipeline: Pipeline
  readonly #state: State
  readonly #work: ({ batch: TrackedBatch; epoch: number; place: number } | 'cut')[] = []
  #counted: number[] = []
  #epoch = 0
  #isGone = false

  constructor(
    random: Random,
    workerConfig: WorkerConfig,
    isBatched: boolean,
    events: ConstructorParameters<typeof FakeWorker>[0],
  ) {
    super(events)
    this.#random = random
    this.#state = new State(deltaShapeOf(workerConfig.shape))
    this.#pipeline = pipelineOf(workerConfig, this.#state, this.activity, isBatched)
    this.begin({ stride: this.#pipeline.stride })
  }

  get isIdle(): boolean {
    return this.#work.length === 0 && this.#counted.length === 0
  }

  override send(batch: TrackedBatch, epoch: number, place: number): void {
    super.send(batch, epoch, place)
    this.#work.push({ batch, epoch, place })
  }

  override cut(): void {
    this.#work.push('cut')
  }

  /** Does one thing of what it was given. */
  async step(): Promise<void> {
    if (this.#isGone) return
    const next = this.#work.shift()
    if (next === undefined) {
      if (this.#random.chance(0.3)) this.#deliver()
      return
    }
    if (next === 'cut') return this.#deliver()
    if (next.epoch !== this.#epoch) this.#deliver()
    this.#epoch = next.epoch
    const { batch, place } = next
    // A batch that has ended three workers is given up: that it must not come to.
    const diesAt =
      batch.attempts < 2 && this.#random.chance(0.15) ? this.#random.below(batch.records + 1) : -1
    const job = jobOf(batch, place, batch.number)
    this.activity.batch(batch.number)
    this.#pipeline.drops(place, batch.drops)
    const { synchronous, stride } = this.#pipeline
    for (let record = 0; record < batch.records; record += synchronous ? 1 : stride) {
      if (diesAt >= 0 && record >= diesAt) return this.#die()
      if (synchronous) this.#pipeline.record(job, record)
      else await this.#pipeline.records(job, record, Math.min(batch.records, record + stride))
    }
    if (diesAt >= 0) return this.#die()
    this.#pipeline.observe(job, batch.partition)
    this.#counted.push(batch.number)
    this.map(batch.number)
    if (this.#random.chance(0.3)) this.#deliver()
    else if (batch.attempts < 2 && this.#random.chance(0.05)) this.#die()
  }

  #die(): void {
    this.#isGone = true
    this.end('crash')
  }

  #deliver(): void {
    if (this.#counted.length === 0) return
    const ids = this.#pipeline.takeIds()
    // As a message crosses threads.
    this.say(
      structuredClone({
        type: 'delta',
        epoch: this.#epoch,
        ...this.#state.encode(),
        batches: this.#counted,
        ids,
      }),
    )
    this.#counted = []
    this.#state.reset()
  }
}

/** Hands the phases over to the runtime, with everything that may go wrong. */
async function inTheRuntime(random: Random, phases: Phase[]) {
  const workerConfig = workerConfigOf(SeenIds.allocate(10_000))
  const isBatched = random.chance(0.5)
  const state = new State(workerConfig.shape)
  const closed: ClosedWindow[] = []
  const records: EpochRecord[] = []
  const pendingCommits: (() => void)[] = []
  const store = {
    commit: (record: EpochRecord) => {
      records.push(structuredClone(record))
      return new Promise<void>(resolve => pendingCommits.push(resolve))
    },
  }
  const inFlight = new Map([...SOURCES, ANCHOR].map(source => [source, new InFlight(source)]))
  const checkpoints = new Checkpoints(
    state,
    { interval: 200, collect: () => true, store: random.chance(0.7) ? store : null, lastRecord: 0 },
    {
      cut: () => pool.cut(),
      delivered: batches => {
        for (const batch of batches) inFlight.get(batch.source)?.release(batch)
      },
      dispatch: () => pool.dispatch(),
      committed: commit => {
        closed.push(...commit.closed)
        for (const [source, of] of inFlight)
          of.commit(
            commit.batches.get(source) ?? [],
            commit.record.positions.flatMap(([name, ...position]) => (name === source ? [position] : [])),
          )
      },
      closed: windows => closed.push(...windows),
      failed: error => expect.unreachable(error.message),
    },
  )
  const workers = new Set<RandomWorker>()
  let deaths = 0
  const queue = new BatchQueue()
  const pool = new WorkerPool(
    workerConfig,
    queue,
    { size: 1 + random.below(3), workerMemory: 0 },
    {
      epochOf: batch => checkpoints.epochOf(batch),
      delta: (delta, batches) => checkpoints.deliver(delta, batches),
      mapped: () => {},
      recorded: () => {},
      sampled: () => {},
      abandoned: (_, why) => expect.unreachable(why),
      restarted: () => {
        deaths++
        checkpoints.count('mood_worker_restarts_total', ['crash'])
      },
      store: () => Promise.reject(new Error('no plugin keeps anything')),
      log: ({ type }) => expect.unreachable(type),
    },
    (_workerConfig, _declared, _options, events) => {
      const worker: RandomWorker = new RandomWorker(random, workerConfig, isBatched, {
        message: (from, message) => events.message(from, message),
        ended: (from, reason) => {
          workers.delete(worker)
          events.ended(from, reason)
        },
      })
      workers.add(worker)
      return worker
    },
  )
  await pool.start()
  let number = 0
  const hand = (source: string, batch: Batch) => {
    const group = inFlight.get(source)?.track(batch, ++number)
    if (!group) return
    queue.push(group)
    pool.dispatch()
  }
  const turn = async () => {
    if (workers.size > 0 && random.chance(0.7)) await random.pick([...workers]).step()
    if (random.chance(0.3)) pendingCommits.shift()?.()
    if (random.chance(0.1)) checkpoints.cut()
    if (random.chance(0.1)) checkpoints.tick(NOW)
    for (let i = random.below(20); i > 0; i--) await Promise.resolve()
    // A merge gives way to other work now and then.
    if (random.chance(0.1)) await setImmediate()
  }
  const settle = async () => {
    let isSettled = false
    const settled = checkpoints.settled().then(() => {
      isSettled = true
    })
    for (let turns = 0; !isSettled; turns++) {
      if (turns > 100_000) expect.unreachable('it does not settle')
      await turn()
    }
    await settled
  }
  const drain = async () => {
    do await settle()
    while (queue.size > 0)
  }
  for (const [phase, batches] of phases.entries()) {
    if (phase === 0) {
      hand(ANCHOR, anchorOf(START))
      await drain()
    }
    for (const { source, batch } of batches) {
      hand(source, batch)
      while (random.chance(0.6)) await turn()
    }
    await drain()
    hand(ANCHOR, anchorOf(START + (phase + 1) * PHASE_MS))
    await drain()
  }
  await pool.close(0)
  checkpoints.close()
  return { state, closed, records, deaths, workerConfig, inFlight, hasStore: records.length > 0 }
}

/** Counters of which each run has its own: they say how often something was tried, or how long it took. */
const OF_A_RUN: ReadonlySet<CounterName> = new Set([
  'mood_plugin_seconds_total',
  'mood_worker_restarts_total',
])

type Counts = Record<string, Record<string, number>>

/** All counters and histograms that are not 0; what depends on the clock left out: of delays, how many there are. */
function countsOf(state: State): Counts {
  const base = JSON.parse(state.encodeBase()) as {
    counters: [CounterName, string, [string, number][]][]
    histograms: [string, string, [string, number[], number][]][]
  }
  const counters = base.counters.filter(([name, , table]) => !OF_A_RUN.has(name) && table.length > 0)
  const histograms = base.histograms.map(([name, , table]) => [
    name,
    Object.fromEntries(
      table.map(([key, counts, sum]) => [
        key,
        name === 'mood_post_delay_seconds' ? counts.reduce((all, n) => all + n, 0) : [counts, sum],
      ]),
    ),
  ])
  return Object.fromEntries([
    ...counters.map(([name, , table]) => [name, Object.fromEntries(table)]),
    ...histograms,
  ])
}

/** Counts all batches in order, in one state that is never merged; windows and terms from the posts themselves. */
async function inOnePass(phases: Phase[]) {
  const workerConfig = workerConfigOf(SeenIds.allocate(10_000))
  const state = new State(deltaShapeOf(workerConfig.shape))
  const pipeline = pipelineOf(workerConfig, state, new ThreadActivity(), false)
  const map = (batch: Batch, source: string) => {
    const place = workerConfig.sources.findIndex(({ name }) => name === source)
    // What other runs noted in a batch is not for this one.
    const job = jobOf({ ...batch, memory: copyOf(batch) }, place, 1)
    pipeline.drops(place, batch.drops)
    for (let record = 0; record < batch.records; record++) pipeline.record(job, record)
  }
  const windows = new Map<string, { posts: number[]; score: number }>()
  const late: Record<string, number> = {}
  const terms: Record<string, number> = {}
  const seen = new Set<string>()
  for (const [phase, batches] of phases.entries()) {
    if (phase === 0) map(anchorOf(START), ANCHOR)
    for (const { source, batch, posts } of batches) {
      map(batch, source)
      for (const post of posts) {
        if (post.id !== undefined && seen.has(post.id)) continue
        const topics = TOPICS.filter(topic => post.text.split(' ').includes(topic))
        if (topics.length === 0) continue
        if (post.id !== undefined) seen.add(post.id)
        note(post, source, topics, START + phase * PHASE_MS)
      }
    }
    map(anchorOf(START + (phase + 1) * PHASE_MS), ANCHOR)
  }
  state.written.settle(state.histogram('mood_post_delay_seconds'), START)
  return { counts: countsOf(state), windows, late, terms }

  function note(post: WrittenPost, source: string, topics: string[], watermark: number) {
    for (const { label, size, slide, lateness } of workerConfig.shape.windows) {
      const start = sliceStart(post.createdAt, slide)
      if (start + slide <= Math.floor((watermark - lateness) / slide) * slide) {
        const key = labelKey(source, label)
        late[key] = (late[key] ?? 0) + 1
        continue
      }
      for (let end = start + slide; end <= start + size; end += slide)
        for (const topic of topics)
          for (const [place, scorer] of SCORERS.entries()) {
            const key = [label, end, topic, scorer].join(' ')
            const window = windows.get(key) ?? { posts: [0, 0, 0, 0], score: 0 }
            windows.set(key, window)
            const score = scoreOf(post.text, place)
            const sentiment = score === null ? 3 : score >= 0.05 ? 0 : score <= -0.05 ? 2 : 1
            window.posts[sentiment] = (window.posts[sentiment] as number) + 1
            window.score += score ?? 0
          }
    }
    const end = START + PHASES * PHASE_MS
    for (const { label, size } of workerConfig.shape.extractors[0]?.windows ?? []) {
      // Slices of a delta are 10 s long; those that began within the window are counted.
      const start = sliceStart(post.createdAt, label === '20s' ? 10_000 : 60_000)
      const deltaStart = sliceStart(post.createdAt, 10_000)
      if (start <= end - size || deltaStart <= watermark - size) continue
      for (const topic of topics)
        for (const term of new Set(post.text.split(' '))) {
          const key = [label, topic, term].join(' ')
          terms[key] = (terms[key] ?? 0) + 1
        }
    }
  }
}

function copyOf(batch: Batch): SharedArrayBuffer {
  const reader = new BatchReader(batch.memory)
  const bytes = Array.from({ length: batch.records }, (_, record) => Buffer.from(reader.record(record)))
  const writer = new BatchWriter(
    batchMemory(
      bytes.length,
      bytes.reduce((sum, { length }) => sum + length, 0),
    ),
    bytes.length,
  )
  for (const record of bytes) writer.add(record)
  return writer.memory
}

/** Closed windows, each once, as one pass notes them. */
function windowsOf(closed: ClosedWindow[]): Map<string, { posts: number[]; score: number }> {
  const windows = new Map<string, { posts: number[]; score: number }>()
  for (const { label, end, moods } of closed)
    for (const [key, mood] of moods) {
      const name = [label, end, ...key.split('\u001f')].join(' ')
      expect(windows.has(name), `${name} closes once`).toBe(false)
      windows.set(name, { posts: [...mood.posts], score: mood.score })
    }
  return windows
}

function termsOf(state: State): Record<string, number> {
  state.refreshTerms(1000)
  const found: Record<string, number> = {}
  for (const window of state.terms.get('words') ?? [])
    for (const [topic, { terms, error }] of window.topics) {
      expect(error).toBe(0)
      for (const [term, { count }] of terms) found[[window.shape.label, topic, term].join(' ')] = count
    }
  return found
}

const sorted = <T>(of: Iterable<[string, T]>) => [...of].sort(([a], [b]) => (a < b ? -1 : 1))

/** The state that the records come to, as a restart finds it. */
function replayed(records: EpochRecord[], workerConfig: WorkerConfig): State {
  const state = new State(workerConfig.shape)
  for (const { ticks, now, deltas } of records) {
    for (const tick of ticks) state.advance(tick)
    for (const { base, terms } of deltas) {
      state.merge(State.decodeBase(deltaShapeOf(workerConfig.shape), base), now)
      for (const each of terms) state.mergeTerms(each)
    }
    state.advance(now)
  }
  return state
}

test.each(process.env.ONE_PASS_SEED ? [FIRST_SEED] : Array.from({ length: RUNS }, (_, n) => FIRST_SEED + n))(
  'the state equals what one pass in one thread counts (seed %i)',
  async seed => {
    const random = randomOf(seed)
    const phases = phasesOf(random)
    const onePass = await inOnePass(phases)
    const { state, closed, records, workerConfig, inFlight, hasStore, deaths } = await inTheRuntime(
      random,
      phases,
    )

    const { mood_late_posts_total: late = {}, ...counts } = countsOf(state)
    expect(counts).toEqual(onePass.counts)
    expect(late).toEqual(onePass.late)
    expect(state.counter('mood_worker_restarts_total').get('crash')).toBe(deaths)
    const until = START + PHASES * PHASE_MS
    const lateness = new Map(workerConfig.shape.windows.map(window => [window.label, window.lateness]))
    const expected = [...onePass.windows].filter(([name]) => {
      const [, label, end] = /^(.*) (\d+) \S+ \S+$/.exec(name) as unknown as [string, string, string]
      return Number(end) <= until - (lateness.get(label) as number)
    })
    expect(sorted(windowsOf(closed))).toEqual(sorted(expected))
    expect(termsOf(state)).toEqual(onePass.terms)

    for (const [source, { positions, batches, bytes }] of inFlight) {
      const last = new Map(
        phases
          .flat()
          .flatMap(({ source: of, batch }) =>
            of === source && batch.position !== undefined ? [[batch.partition, batch.position]] : [],
          ),
      )
      if (source !== ANCHOR) expect(positions).toEqual(last)
      expect([batches, bytes]).toEqual([0, 0])
    }
    if (!hasStore) return
    const again = replayed(records, workerConfig)
    expect(countsOf(again)).toEqual(countsOf(state))
    expect(termsOf(again)).toEqual(termsOf(state))
    const ids = new Int32Array((workerConfig.seenIds as SharedArrayBuffer).byteLength / 4)
    for (const log of records.flatMap(({ ids }) => ids))
      for (let at = 0; at < log.length; at += 2) ids[log[at] as number] = log[at + 1] as number
    expect(ids).toEqual(new Int32Array(workerConfig.seenIds as SharedArrayBuffer).slice())
  },
)
