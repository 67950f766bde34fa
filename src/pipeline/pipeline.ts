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
import { PostCounter } from './counting.ts'
import { Decoder, type OnDrop } from './decoder.ts'
import { SeenIds } from './dedupe.ts'
import { termsOf } from './extraction.ts'
import type { Job } from './job.ts'
import { type LanguageDetector, languageLabel } from './language.ts'
import type { Plan } from './plan.ts'
import { PlanTopics, type Trends } from './plan-topics.ts'
import type { Progress } from './progress.ts'
import { RankingCounter } from './ranking-counter.ts'
import type { Relay } from './relay.ts'
import { PostSampler } from './sampling.ts'
import { type PipelinePost, scoreMany, scoreOne } from './scoring.ts'

/** The plugins of a worker, made and ready. */
export interface Instances {
  /** By source, in the plan's order. */
  formats: (Format | RankingFormat)[]
  scorers: Scorer[]
  extractors: Extractor[]
  detector: LanguageDetector | null
  /** Takes posts instead of scorers. */
  relay?: Relay | null
}

export interface PipelineEvents {
  /** A record or a post was dropped; it is counted already. */
  onDrop: OnDrop
  /** A plugin failed; it is counted already. */
  onFailure: OnFailure
  /** Posts could not be relayed; that is tried again. */
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
  /** Where its format has rankings, what counts them. */
  rankings: RankingCounter | null
  /** Tells its ids from those of other sources; of its name, so that a reload changes nothing. */
  seed: number
}

/** Records that are relayed together. */
const RELAY_STRIDE = 1024

/** The last bit of a note is for all further posts of the record; each bit before it is for one post. */
const LAST_BIT = 31

/** Maps batches into a state: decode → de-duplicate → topics → language → scorers → extractors → count. */
export class Pipeline {
  readonly #plan: Plan
  readonly #state: State
  readonly #instances: Instances
  readonly #progress: Progress
  readonly #sources: SourceStages[]
  readonly #scorers: ScorerCaller[]
  readonly #scorerGuards: CallGuard[]
  /** The scores of a post that is not scored yet: a copy has just the room that it needs. */
  readonly #noScores: Score[]
  readonly #extractorGuards: CallGuard[]
  /** By extractor: posts with more terms than are counted. */
  readonly #overLimit: CounterCell[]
  readonly #topics: PlanTopics
  readonly #languages: ReadonlySet<string>
  readonly #seen: SeenIds | null
  readonly #sampler: PostSampler | null
  readonly #events: PipelineEvents
  /** Every call guard, by its place: what a place noted in {@link Progress} means. */
  readonly guards: CallGuard[] = []
  /** True where every scorer scores at once and nothing is relayed, so that records can be mapped one by one. */
  readonly synchronous: boolean
  /** How many records to map together where a scorer takes batches. */
  readonly stride: number

  constructor(plan: Plan, instances: Instances, state: State, progress: Progress, events: PipelineEvents) {
    this.#plan = plan
    this.#state = state
    this.#instances = instances
    this.#progress = progress
    this.#events = events
    const guard = (kind: string, name: string) => {
      const made = new CallGuard(kind, name, this.guards.length, {
        progress,
        state,
        onFailure: events.onFailure,
      })
      this.guards.push(made)
      return made
    }
    this.#sampler = plan.samples ? new PostSampler(plan.samples) : null
    this.#topics = new PlanTopics(plan)
    this.#sources = plan.sources.map(({ name, format, dedupe, rankings }, index) => ({
      name,
      decoder: new Decoder(
        instances.formats[index] as Format | RankingFormat,
        guard('format', format.name),
        (job, record, ...rest) => this.#drop(job, record, ...rest),
      ),
      counter: new PostCounter(name, plan, state, this.#sampler),
      posts: state.counter('mood_source_posts_total').cell(name),
      records: state.counter('mood_source_records_total').cell(name),
      bytes: state.counter('mood_source_bytes_total').cell(name),
      future: state.counter('mood_future_posts_total').cell(name),
      drops: new Map(),
      dedupe,
      rankings: rankings ? new RankingCounter(name, plan, state, this.#topics) : null,
      seed: nameSeed(name),
    }))
    this.#scorers = instances.scorers.map(scorer => new ScorerCaller(scorer, { timeout: plan.pluginTimeout }))
    this.#noScores = this.#scorers.map(() => null)
    this.#scorerGuards = plan.scorers.map(({ name }) => guard('scorer', name))
    this.#overLimit = plan.extractors.map(({ name }) =>
      state.counter('mood_posts_over_term_limit_total').cell(name),
    )
    this.#extractorGuards = plan.extractors.map(({ name }) => guard('extractor', name))
    this.#languages = new Set(plan.languages.labels)
    this.#seen = plan.seenIds ? new SeenIds(plan.seenIds) : null
    this.synchronous = !instances.relay && this.#scorers.every(({ traits }) => traits.synchronous)
    this.stride = Math.max(
      instances.relay ? RELAY_STRIDE : 1,
      ...this.#scorers.map(({ capacity }) => capacity),
    )
  }

  /** Counts records that never came into a batch. */
  drops(source: number, drops: readonly { reason: string; records: number; bytes: number }[]): void {
    const { name, records, bytes } = this.#sources[source] as SourceStages
    for (const drop of drops) {
      records.n += drop.records
      bytes.n += drop.bytes
      this.#state.counter('mood_posts_dropped_total').add(labelKey(name, drop.reason), drop.records)
    }
  }

  /** Notes how far event time came in a partition with a batch. */
  observe({ source, maxEventTime }: Job, partition: string): void {
    if (Number.isFinite(maxEventTime))
      this.#state.observe((this.#sources[source] as SourceStages).name, partition, maxEventTime)
  }

  /** Posts that were sampled for outputs since the last call. */
  takeSamples(): PostEvent[] {
    return this.#sampler?.take() ?? []
  }

  /** The present terms of the rankings that topics take theirs from, by source, the first rank first. */
  trends(terms: Trends): void {
    this.#topics.trends(terms)
  }

  /** Slots of seen ids that were written since the last call. */
  takeIds(): Int32Array<ArrayBuffer> | null {
    return this.#seen?.takeLog() ?? null
  }

  /** Maps one record, where the pipeline is synchronous. */
  record(job: Job, record: number): void {
    for (const item of this.#postsOf(job, record)) {
      const scorers = this.#scorers
      for (let i = 0; i < scorers.length; i++)
        scoreOne(scorers[i] as ScorerCaller, i, this.#scorerGuards[i] as CallGuard, job, item)
      this.#finish(job, item)
    }
  }

  /** Maps the records from `start` up to, and not including, `end`, where a scorer takes batches or posts are relayed. */
  async records(job: Job, start: number, end: number): Promise<void> {
    const items: PipelinePost[] = []
    for (let record = start; record < end; record++) items.push(...this.#postsOf(job, record))
    if (this.#instances.relay) return await this.#relay(this.#instances.relay, job, items)
    for (const [i, scorer] of this.#scorers.entries()) {
      const guard = this.#scorerGuards[i] as CallGuard
      if (scorer.traits.synchronous) for (const item of items) scoreOne(scorer, i, guard, job, item)
      else await scoreMany(scorer, i, guard, job, items, this.#progress)
    }
    for (const item of items) this.#finish(job, item)
  }

  /** Hands posts over instead of scoring them. */
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
    if (eventTime > job.receivedAt + this.#plan.future) {
      future.n++
      eventTime = job.receivedAt
    }
    if (eventTime > job.maxEventTime) job.maxEventTime = eventTime
    return eventTime
  }

  /**
   * Whether a post is new. That it was is noted in the batch, since the set of seen ids outlives this worker: the one
   * that maps the batch again would otherwise take the posts of its first try for duplicates.
   *
   * @param known what an earlier worker noted of this record
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
    // A page may hold more posts than there are bits: it is better to count a duplicate among those than to lose all.
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
        this.#plan.termsPerPost,
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
