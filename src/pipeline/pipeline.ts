import type { DropReason } from '../catalogue/metrics.ts'
import type { Extractor } from '../plugin/extractor.ts'
import type { Format } from '../plugin/format.ts'
import type { Post } from '../plugin/post.ts'
import type { PostScorer, Scorer } from '../plugin/scorer.ts'
import type { CounterCell } from '../state/counters.ts'
import { labelKey } from '../state/label-key.ts'
import type { Tally } from '../state/tally.ts'
import { PostCounter } from './counting.ts'
import { Decoder, type OnDrop } from './decoder.ts'
import { SeenIds } from './dedupe.ts'
import { extractTerms } from './extraction.ts'
import type { Job } from './job.ts'
import { type LanguageDetector, languageLabel } from './language.ts'
import { Meter, type OnFailure } from './meter.ts'
import { type Plan, topicsOf } from './plan.ts'
import type { Progress } from './progress.ts'
import { type Candidate, scoreMany, scoreOne } from './scoring.ts'
import { TopicMatcher } from './topics.ts'

/** The plugins of a worker, made and ready. */
export interface Instances {
  /** By source, in the plan's order. */
  formats: Format[]
  scorers: Scorer[]
  extractors: Extractor[]
  detector: LanguageDetector | null
}

export interface PipelineEvents {
  /** A record or a post was dropped; it is counted already. */
  onDrop: OnDrop
  /** A plugin failed; it is counted already. */
  onFailure: OnFailure
}

interface SourceStages {
  name: string
  decoder: Decoder
  counter: PostCounter
  posts: CounterCell
  records: CounterCell
  bytes: CounterCell
  future: CounterCell
  dedupe: boolean
  /** Tells its ids from those of other sources; of its name, so that a reload changes nothing. */
  seed: number
}

const EVERY_TOPIC: readonly number[] = [0]

/** The last bit of a verdict stands for all further posts of its record, those before for one post each. */
const LAST_BIT = 31

/** Maps batches into a tally: decode → de-duplicate → topics → language → scorers → extractors → count. */
export class Pipeline {
  readonly #plan: Plan
  readonly #tally: Tally
  readonly #instances: Instances
  readonly #progress: Progress
  readonly #sources: SourceStages[]
  readonly #scorerMeters: Meter[]
  readonly #extractorMeters: Meter[]
  /** By extractor: posts with more terms than are counted. */
  readonly #overLimit: CounterCell[]
  readonly #topics: TopicMatcher | null
  readonly #topicPlaces: Map<string, number>
  readonly #languages: ReadonlySet<string>
  readonly #seen: SeenIds | null
  readonly #onDrop: OnDrop
  /** Every meter, by its place: what a place noted in {@link Progress} means. */
  readonly meters: Meter[] = []
  /** True where every scorer scores at once, so that records can be mapped one by one. */
  readonly synchronous: boolean
  /** How many records to map together where a scorer takes batches. */
  readonly stride: number

  constructor(plan: Plan, instances: Instances, tally: Tally, progress: Progress, events: PipelineEvents) {
    this.#plan = plan
    this.#tally = tally
    this.#instances = instances
    this.#progress = progress
    this.#onDrop = events.onDrop
    const meter = (kind: string, name: string) => {
      const made = new Meter(kind, name, this.meters.length, { progress, tally, onFailure: events.onFailure })
      this.meters.push(made)
      return made
    }
    this.#sources = plan.sources.map(({ name, format, dedupe }, index) => ({
      name,
      decoder: new Decoder(
        instances.formats[index] as Format,
        meter('format', format.name),
        (job, record, ...rest) => this.#drop(job, record, ...rest),
      ),
      counter: new PostCounter(name, plan, tally),
      posts: tally.counter('mood_source_posts_total').cell(name),
      records: tally.counter('mood_source_records_total').cell(name),
      bytes: tally.counter('mood_source_bytes_total').cell(name),
      future: tally.counter('mood_future_posts_total').cell(name),
      dedupe,
      seed: nameSeed(name),
    }))
    this.#scorerMeters = plan.scorers.map(({ name }) => meter('scorer', name))
    this.#overLimit = plan.extractors.map(({ name }) =>
      tally.counter('mood_posts_over_term_limit_total').cell(name),
    )
    this.#extractorMeters = plan.extractors.map(({ name }) => meter('extractor', name))
    this.#topics = plan.topics.length > 0 ? new TopicMatcher(plan.topics) : null
    this.#topicPlaces = new Map(topicsOf(plan).map(({ name }, place) => [name, place]))
    this.#languages = new Set(plan.languages.labels)
    this.#seen = plan.seenIds ? new SeenIds(plan.seenIds) : null
    this.synchronous = instances.scorers.every(scorer => 'score' in scorer)
    this.stride = Math.max(
      1,
      ...instances.scorers.map(scorer =>
        'score' in scorer ? 1 : (scorer.batchSize ?? 32) * (scorer.concurrency ?? 1),
      ),
    )
  }

  /** Maps one record, where the pipeline is synchronous. */
  record(job: Job, record: number): void {
    for (const candidate of this.#candidates(job, record)) {
      const { scorers } = this.#instances
      for (let i = 0; i < scorers.length; i++)
        scoreOne(scorers[i] as PostScorer, i, this.#scorerMeters[i] as Meter, job, candidate)
      this.#finish(job, candidate)
    }
  }

  /** Maps the records from `start` up to, and not including, `end`, where a scorer takes batches. */
  async records(job: Job, start: number, end: number): Promise<void> {
    const candidates: Candidate[] = []
    for (let record = start; record < end; record++) candidates.push(...this.#candidates(job, record))
    for (const [i, scorer] of this.#instances.scorers.entries()) {
      const meter = this.#scorerMeters[i] as Meter
      if ('score' in scorer) for (const candidate of candidates) scoreOne(scorer, i, meter, job, candidate)
      else {
        for (const candidate of candidates) candidate.scores[i] = null
        await scoreMany(scorer, i, meter, job, candidates, {
          progress: this.#progress,
          timeout: this.#plan.pluginTimeout,
        })
      }
    }
    for (const candidate of candidates) this.#finish(job, candidate)
  }

  /** Decodes a record and keeps the posts that are new and on topic. */
  #candidates(job: Job, record: number): Candidate[] {
    const source = this.#sources[job.source] as SourceStages
    source.records.n++
    source.bytes.n += job.records.end(record) - job.records.start(record)
    const candidates: Candidate[] = []
    const posts = source.decoder.decode(job, record)
    const known = job.records.verdict(record)
    for (let index = 0; index < posts.length; index++) {
      const post = posts[index] as Post
      source.posts.n++
      const eventTime = this.#eventTime(source, job, post)
      if (source.dedupe && !this.#isNew(source.seed, job, record, index, post, known)) {
        this.#drop(job, record, 'duplicate', `a post with the id ${post.id} was counted already`)
        continue
      }
      const topics = this.#topicsOf(post)
      if (topics.length === 0) {
        this.#drop(job, record, 'off_topic', 'matches no topic')
        continue
      }
      if (post.lang === undefined && this.#instances.detector) {
        const lang = this.#instances.detector.detect(post.text)
        if (lang !== undefined) post.lang = lang
      }
      const lang = languageLabel(post.lang, this.#languages)
      candidates.push({ post, record, index, eventTime, topics, lang, scores: [] })
    }
    return candidates
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
   * that maps the batch again would else take the posts of its first try for duplicates.
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
    if ((known & note) !== 0) return true
    const isNew = this.#seen.add(seed, id)
    if (isNew) records.note(record, records.verdict(record) | note)
    return isNew
  }

  #topicsOf(post: Post): readonly number[] {
    const matched = this.#topics ? this.#topics.match(post.text) : EVERY_TOPIC
    if (post.topics === undefined || !this.#topics) return matched
    const named = post.topics.flatMap(name => this.#topicPlaces.get(name) ?? [])
    return named.length === 0 ? matched : [...new Set([...matched, ...named])]
  }

  #finish(job: Job, candidate: Candidate): void {
    const { counter } = this.#sources[job.source] as SourceStages
    counter.count(candidate, Date.now())
    const { extractors } = this.#instances
    for (let i = 0; i < extractors.length; i++) {
      const meter = this.#extractorMeters[i] as Meter
      const terms = extractTerms(
        extractors[i] as Extractor,
        meter,
        job,
        candidate,
        this.#plan.termsPerPost,
        this.#overLimit[i] as CounterCell,
      )
      if (terms.length > 0) counter.countTerms(i, candidate, terms)
    }
  }

  #drop(job: Job, record: number, reason: DropReason, message: string): void {
    const { name } = this.#sources[job.source] as SourceStages
    this.#tally.counter('mood_posts_dropped_total').add(labelKey(name, reason))
    this.#onDrop(job, record, reason, message)
  }
}

/** A number that stands for a name: FNV-1a over its UTF-16 units. */
function nameSeed(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash
}
