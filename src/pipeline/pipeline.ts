import type { DropReason } from '../catalogue/drop-reasons.ts'
import { labelKey } from '../catalogue/label-key.ts'
import type { PostEvent } from '../plugin/events/post.ts'
import type { Extractor } from '../plugin/extractor.ts'
import type { Format } from '../plugin/format.ts'
import type { Post } from '../plugin/post.ts'
import type { RankingFormat } from '../plugin/ranking.ts'
import type { Score, Scorer } from '../plugin/scorer.ts'
import { ScorerCaller } from '../plugin/scorer-caller.ts'
import type { CounterCell } from '../state/counters.ts'
import type { State } from '../state/state.ts'
import { CallGuard, type OnFailure } from './call-guard.ts'
import { ConfiguredTopics, type Trends } from './configured-topics.ts'
import { PostCounter } from './counting.ts'
import { Decoder, type OnDrop } from './decoder.ts'
import { SeenIds } from './dedupe.ts'
import { termsOf } from './extraction.ts'
import type { Job } from './job.ts'
import { type LanguageDetector, languageLabel } from './language.ts'
import { RankingCounter } from './ranking-counter.ts'
import type { Relay } from './relay.ts'
import { PostSampler } from './sampling.ts'
import { type PipelinePost, scoreMany, scoreOne } from './scoring.ts'
import type { ThreadActivity } from './thread-activity.ts'
import type { WorkerConfig } from './worker-config.ts'

/** The created plugins of a worker. */
export interface Instances {
  /** By source, in the order of `WorkerConfig.sources`. */
  formats: (Format | RankingFormat)[]
  scorers: Scorer[]
  extractors: Extractor[]
  detector: LanguageDetector | null
  /** Receives posts instead of scorers. */
  relay?: Relay | null
}

export interface PipelineEvents {
  /** A record or post was dropped, and is already counted. */
  onDrop: OnDrop
  /** A plugin failed, and that is already counted. */
  onFailure: OnFailure
  /** Posts could not be relayed; the attempt is repeated. */
  onRelayFailure?(message: string): void
}

interface SourceStages {
  name: string
  decoder: Decoder
  counter: PostCounter
  posts: CounterCell
  records: CounterCell
  bytes: CounterCell
  future: CounterCell
  /** By reason. */
  drops: Map<DropReason, CounterCell>
  dedupe: boolean
  /** Counts the rankings of a format that has them. */
  rankings: RankingCounter | null
  /** Separates its ids from those of other sources. Derived from its name, so that a reload changes nothing. */
  seed: number
}

/** Records that are relayed at a time. */
const RELAY_STRIDE = 1024

/** Each bit of a note is for one post of the record; the last is for all further posts. */
const LAST_BIT = 31

/** Maps batches into a state: decode → de-duplicate → topics → language → scorers → extractors → count. */
export class Pipeline {
  readonly #workerConfig: WorkerConfig
  readonly #state: State
  readonly #instances: Instances
  readonly #activity: ThreadActivity
  readonly #sources: SourceStages[]
  readonly #scorers: ScorerCaller[]
  readonly #scorerGuards: CallGuard[]
  /** The scores of a post that is not scored yet. A copy has exactly the size needed. */
  readonly #noScores: Score[]
  readonly #extractorGuards: CallGuard[]
  /** By extractor: counts posts with more terms than the limit. */
  readonly #overLimit: CounterCell[]
  readonly #topics: ConfiguredTopics
  readonly #languages: ReadonlySet<string>
  readonly #seen: SeenIds | null
  readonly #sampler: PostSampler | null
  readonly #events: PipelineEvents
  /** The call guards by index, which {@link ThreadActivity} stores. */
  readonly guards: CallGuard[] = []
  /** True if every scorer is synchronous and nothing is relayed, so that records can be mapped one by one. */
  readonly synchronous: boolean
  /** How many records to map at a time, for scorers that take batches. */
  readonly stride: number

  constructor(
    workerConfig: WorkerConfig,
    instances: Instances,
    state: State,
    activity: ThreadActivity,
    events: PipelineEvents,
  ) {
    this.#workerConfig = workerConfig
    this.#state = state
    this.#instances = instances
    this.#activity = activity
    this.#events = events
    const guard = (kind: string, name: string) => {
      const made = new CallGuard(kind, name, this.guards.length, {
        activity,
        state,
        onFailure: events.onFailure,
      })
      this.guards.push(made)
      return made
    }
    this.#sampler = workerConfig.samples ? new PostSampler(workerConfig.samples) : null
    this.#topics = new ConfiguredTopics(workerConfig)
    this.#sources = workerConfig.sources.map(({ name, format, dedupe, rankings }, index) => ({
      name,
      decoder: new Decoder(
        instances.formats[index] as Format | RankingFormat,
        guard('format', format.name),
        (job, record, ...rest) => this.#drop(job, record, ...rest),
      ),
      counter: new PostCounter(name, workerConfig, state, this.#sampler),
      posts: state.counter('mood_source_posts_total').cell(name),
      records: state.counter('mood_source_records_total').cell(name),
      bytes: state.counter('mood_source_bytes_total').cell(name),
      future: state.counter('mood_future_posts_total').cell(name),
      drops: new Map(),
      dedupe,
      rankings: rankings ? new RankingCounter(name, workerConfig, state, this.#topics) : null,
      seed: nameSeed(name),
    }))
    this.#scorers = instances.scorers.map(
      scorer => new ScorerCaller(scorer, { timeout: workerConfig.pluginTimeout }),
    )
    this.#noScores = this.#scorers.map(() => null)
    this.#scorerGuards = workerConfig.scorers.map(({ name }) => guard('scorer', name))
    this.#overLimit = workerConfig.extractors.map(({ name }) =>
      state.counter('mood_posts_over_term_limit_total').cell(name),
    )
    this.#extractorGuards = workerConfig.extractors.map(({ name }) => guard('extractor', name))
    this.#languages = new Set(workerConfig.languages.labels)
    this.#seen = workerConfig.seenIds ? new SeenIds(workerConfig.seenIds) : null
    this.synchronous = !instances.relay && this.#scorers.every(({ traits }) => traits.synchronous)
    this.stride = Math.max(
      instances.relay ? RELAY_STRIDE : 1,
      ...this.#scorers.map(({ capacity }) => capacity),
    )
  }

  /** Counts records that were never in a batch. */
  drops(source: number, drops: readonly { reason: string; records: number; bytes: number }[]): void {
    const { name, records, bytes } = this.#sources[source] as SourceStages
    for (const drop of drops) {
      records.n += drop.records
      bytes.n += drop.bytes
      this.#state.counter('mood_posts_dropped_total').add(labelKey(name, drop.reason), drop.records)
    }
  }

  /** Records the event time that a partition reached with a batch. */
  observe({ source, maxEventTime }: Job, partition: string): void {
    if (Number.isFinite(maxEventTime))
      this.#state.observe((this.#sources[source] as SourceStages).name, partition, maxEventTime)
  }

  /** Posts sampled for outputs since the last call. */
  takeSamples(): PostEvent[] {
    return this.#sampler?.take() ?? []
  }

  /** Sets the current terms of the rankings from which topics take keywords, by source, in order of rank. */
  trends(terms: Trends): void {
    this.#topics.trends(terms)
  }

  /** Slots of seen ids written since the last call. */
  takeIds(): Int32Array<ArrayBuffer> | null {
    return this.#seen?.takeLog() ?? null
  }

  /** Maps one record. Only for a synchronous pipeline. */
  record(job: Job, record: number): void {
    for (const item of this.#postsOf(job, record)) {
      const scorers = this.#scorers
      for (let i = 0; i < scorers.length; i++)
        scoreOne(scorers[i] as ScorerCaller, i, this.#scorerGuards[i] as CallGuard, job, item)
      this.#finish(job, item)
    }
  }

  /** Maps the records from `start` up to, and not including, `end`, for scorers that take batches and for relays. */
  async records(job: Job, start: number, end: number): Promise<void> {
    const items: PipelinePost[] = []
    for (let record = start; record < end; record++) items.push(...this.#postsOf(job, record))
    if (this.#instances.relay) return await this.#relay(this.#instances.relay, job, items)
    for (const [i, scorer] of this.#scorers.entries()) {
      const guard = this.#scorerGuards[i] as CallGuard
      if (scorer.traits.synchronous) for (const item of items) scoreOne(scorer, i, guard, job, item)
      else await scoreMany(scorer, i, guard, job, items, this.#activity)
    }
    for (const item of items) this.#finish(job, item)
  }

  /** Relays posts instead of scoring them. */
  async #relay(relay: Relay, job: Job, items: readonly PipelinePost[]): Promise<void> {
    const rejected = new Map<number, string>()
    await relay.write(
      items.map(({ post }) => post),
      {
        failed: message => this.#events.onRelayFailure?.(message),
        rejected: (index, message) => rejected.set(index, message),
      },
    )
    for (const [index, item] of items.entries()) {
      const message = rejected.get(index)
      if (message === undefined) this.#finish(job, item)
      else this.#drop(job, item.record, 'oversized', message)
    }
  }

  /** Decodes a record and keeps the posts that are new and on topic. */
  #postsOf(job: Job, record: number): PipelinePost[] {
    const source = this.#sources[job.source] as SourceStages
    source.records.n++
    source.bytes.n += job.records.end(record) - job.records.start(record)
    if (source.rankings && !job.posts) {
      for (const ranking of source.decoder.decodeRankings(job, record))
        source.rankings.count(ranking, job.receivedAt)
      return []
    }
    const items: PipelinePost[] = []
    const posts = source.decoder.decode(job, record)
    const known = job.records.notes(record)
    for (let index = 0; index < posts.length; index++) {
      const post = posts[index] as Post
      source.posts.n++
      const eventTime = this.#eventTime(source, job, post)
      if (source.dedupe && !this.#isNew(source.seed, job, record, index, post, known)) {
        this.#drop(job, record, 'duplicate', `a post with the id ${post.id} was counted already`)
        continue
      }
      const topics = this.#topics.of(post)
      if (topics.length === 0) {
        this.#drop(job, record, 'off_topic', 'matches no topic')
        continue
      }
      if (post.lang === undefined && this.#instances.detector) {
        const lang = this.#instances.detector.detect(post.text)
        if (lang !== undefined) post.lang = lang
      }
      if (this.#topics.mentioned.length > 0) post.trends = this.#topics.mentioned
      // Scorers and extractors all get this one.
      Object.freeze(post)
      if (post.topics) Object.freeze(post.topics)
      const lang = languageLabel(post.lang, this.#languages)
      items.push({ post, record, index, eventTime, topics, lang, scores: this.#noScores.slice() })
    }
    return items
  }

  #eventTime({ future }: SourceStages, job: Job, post: Post): number {
    let eventTime = post.createdAt
    if (eventTime > job.receivedAt + this.#workerConfig.future) {
      future.n++
      eventTime = job.receivedAt
    }
    if (eventTime > job.maxEventTime) job.maxEventTime = eventTime
    return eventTime
  }

  /**
   * Whether a post is new. The result is noted in the batch, since the set of seen ids outlives this worker:
   * otherwise a worker that maps the batch again would take the posts of the first attempt for duplicates.
   *
   * @param known the notes of an earlier worker for this record
   */
  #isNew(
    seed: number,
    { records }: Job,
    record: number,
    index: number,
    { id }: Post,
    known: number,
  ): boolean {
    if (id === undefined || !this.#seen) return true
    // A page may have more posts than there are bits: counting a duplicate among them is better than losing them all.
    const note = 1 << Math.min(index, LAST_BIT)
    if ((known & note) !== 0) {
      this.#seen.logAgain(seed, id)
      return true
    }
    const isNew = this.#seen.add(seed, id)
    if (isNew) records.note(record, records.notes(record) | note)
    return isNew
  }

  #finish(job: Job, item: PipelinePost): void {
    const { counter } = this.#sources[job.source] as SourceStages
    counter.count(item, Date.now())
    const { extractors } = this.#instances
    for (let i = 0; i < extractors.length; i++) {
      const guard = this.#extractorGuards[i] as CallGuard
      const terms = termsOf(
        extractors[i] as Extractor,
        guard,
        job,
        item,
        this.#workerConfig.termsPerPost,
        this.#overLimit[i] as CounterCell,
      )
      if (terms.length > 0) counter.countTerms(i, item, terms)
    }
  }

  #drop(job: Job, record: number, reason: DropReason, message: string): void {
    const { name, drops } = this.#sources[job.source] as SourceStages
    let cell = drops.get(reason)
    if (!cell) {
      cell = this.#state.counter('mood_posts_dropped_total').cell(labelKey(name, reason))
      drops.set(reason, cell)
    }
    cell.n++
    this.#events.onDrop(job, record, reason, message)
  }
}

/** The hash of a name: FNV-1a over its UTF-16 units. */
function nameSeed(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash
}
