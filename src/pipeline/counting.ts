import { labelKey } from '../catalogue/label-key.ts'
import type { CounterCell } from '../state/counters.ts'
import { ensure } from '../state/ensure.ts'
import type { HistogramCell } from '../state/histograms.ts'
import { type History, moodKey } from '../state/history.ts'
import type { State } from '../state/state.ts'
import type { Steps } from '../state/steps.ts'
import type { TermSlices } from '../state/term-slices.ts'
import type { TermWindow } from '../state/term-window.ts'
import { MoodCell, SENTIMENTS, type Sentiment, UNKNOWN, type WindowSlices } from '../state/window-slices.ts'
import type { WrittenTimes } from '../state/written-times.ts'
import type { PostSampler } from './sampling.ts'
import type { PipelinePost } from './scoring.ts'
import { OTHER_LANGUAGE, topicsOf, type WorkerConfig } from './worker-config.ts'

/** Prometheus allows the labels of an exemplar 128 characters in total. */
const MAX_EXEMPLAR = 120

/**
 * Characters of an exemplar. Prometheus rejects a whole scrape for one NUL in an exemplar; a lone surrogate is not
 * valid UTF-8.
 */
const PRINTABLE = /^[^\p{Cc}\p{Cs}]+$/u

/** Counts scored posts of one source into a delta. Cells are looked up once and cached: this runs for every post. */
export class PostCounter {
  readonly #source: string
  readonly #state: State
  readonly #topics: string[]
  readonly #scorers: string[]
  readonly #languages: Map<string, number>
  readonly #languageNames: string[]
  readonly #positive: number
  readonly #negative: number
  readonly #windows: WindowSlices[]
  readonly #history: History | null
  readonly #steps: Steps | null
  readonly #sampler: PostSampler | null
  readonly #terms: TermSlices[]
  readonly #posts: CounterCell[] = []
  readonly #positivity: HistogramCell[] = []
  readonly #written: WrittenTimes
  /** The sentiments of the current post, by scorer. */
  readonly #sentiments: number[] = []
  /** Keys of moods, by topic and scorer. */
  readonly #moodKeys: string[][]
  /** Keys of moods of the history, by topic, language and scorer. */
  readonly #historyKeys: string[] = []

  constructor(source: string, workerConfig: WorkerConfig, state: State, sampler: PostSampler | null = null) {
    this.#sampler = sampler
    this.#source = source
    this.#state = state
    this.#topics = topicsOf(workerConfig).map(({ name }) => name)
    this.#scorers = workerConfig.scorers.map(({ name }) => name)
    this.#languageNames = [...workerConfig.languages.labels, OTHER_LANGUAGE]
    this.#languages = new Map(this.#languageNames.map((name, index) => [name, index]))
    this.#positive = workerConfig.sentiment.positive
    this.#negative = workerConfig.sentiment.negative
    this.#windows = Array.from(state.windows.values(), ({ slices }) => slices)
    this.#history = state.history
    this.#steps = state.steps
    this.#terms = Array.from(state.terms.values(), windows => (windows[0] as TermWindow).slices)
    this.#written = state.written.of(source)
    this.#moodKeys = this.#topics.map(topic => this.#scorers.map(scorer => labelKey(topic, scorer)))
  }

  count(item: PipelinePost, now: number): void {
    const { topics, scores, lang, eventTime } = item
    const language = this.#languages.get(lang) as number
    this.#written.observe(eventTime, now)
    const sentiments = this.#sentiments
    for (let scorer = 0; scorer < scores.length; scorer++)
      sentiments[scorer] = this.#sentiment(scores[scorer] as number | null)
    for (const topic of topics) {
      for (let scorer = 0; scorer < scores.length; scorer++) {
        const score = scores[scorer] as number | null
        this.#cell(topic, language, scorer, sentiments[scorer] as number).n++
        if (score !== null) this.#observe(topic, scorer, score, item)
      }
    }
    if (item.details)
      for (const topic of topics) this.#countDetails(this.#state, this.#topics[topic] as string, item.details)
    for (const window of this.#windows) {
      const slice = window.at(eventTime)
      slice.sources.add(this.#source)
      for (const topic of topics) {
        const keys = this.#moodKeys[topic] as string[]
        for (let scorer = 0; scorer < scores.length; scorer++)
          slice.mood(keys[scorer] as string).add(sentiments[scorer] as number, scores[scorer] ?? 0)
      }
    }
    if (this.#history) this.#countHistory(this.#history, item, language)
    if (this.#steps) this.#countStep(this.#steps, item)
    if (this.#sampler) this.#sample(this.#sampler, item, now)
  }

  /** Counts terms from the extractor with this index in `WorkerConfig.extractors`. */
  countTerms(extractor: number, item: PipelinePost, terms: readonly string[]): void {
    const score = item.scores[0] ?? null
    const slices = this.#terms[extractor] as TermSlices
    for (const topic of item.topics) {
      const summary = slices.at(item.eventTime, this.#topics[topic] as string)
      for (const term of terms) summary.observe(term, score)
    }
  }

  #sample(sampler: PostSampler, { topics, scores, lang, eventTime, post }: PipelinePost, now: number): void {
    for (const topic of topics)
      sampler.offer(
        {
          source: this.#source,
          topic: this.#topics[topic] as string,
          lang,
          scorer: this.#scorers[0] as string,
          sentiment: SENTIMENTS[this.#sentiments[0] as number] as Sentiment,
          score: scores[0] ?? null,
          at: eventTime,
          post,
        },
        now,
      )
  }

  #countHistory(history: History, { topics, scores, eventTime }: PipelinePost, language: number): void {
    const { moods } = history.at(eventTime)
    for (const topic of topics)
      for (let scorer = 0; scorer < scores.length; scorer++) {
        const place = (topic * this.#languageNames.length + language) * this.#scorers.length + scorer
        this.#historyKeys[place] ??= moodKey(
          this.#topics[topic] as string,
          this.#languageNames[language] as string,
          this.#scorers[scorer] as string,
        )
        ensure(moods, this.#historyKeys[place], () => new MoodCell()).add(
          this.#sentiments[scorer] as number,
          scores[scorer] ?? 0,
        )
      }
  }

  /** Counts the same by the time the post was written. */
  #countStep(steps: Steps, { topics, scores, lang, eventTime, details }: PipelinePost): void {
    const step = steps.at(eventTime)
    const posts = step.counter('mood_posts_total')
    const positivity = step.histogram('mood_positivity_ratio')
    for (const topic of topics) {
      const name = this.#topics[topic] as string
      scores.forEach((score, scorer) => {
        const by = this.#scorers[scorer] as string
        const sentiment = SENTIMENTS[this.#sentiments[scorer] as number] as Sentiment
        posts.add(labelKey(this.#source, name, lang, by, sentiment))
        if (score !== null) positivity.cell(labelKey(this.#source, name, by)).observe((score + 1) / 2)
      })
      if (details) this.#countDetails(step, name, details)
    }
  }

  #sentiment(score: number | null): number {
    if (score === null) return UNKNOWN
    if (score >= this.#positive) return 0
    return score <= this.#negative ? 2 : 1
  }

  #cell(topic: number, language: number, scorer: number, sentiment: number): CounterCell {
    const place =
      ((topic * this.#languageNames.length + language) * this.#scorers.length + scorer) * SENTIMENTS.length +
      sentiment
    this.#posts[place] ??= this.#state
      .counter('mood_posts_total')
      .cell(
        labelKey(
          this.#source,
          this.#topics[topic] as string,
          this.#languageNames[language] as string,
          this.#scorers[scorer] as string,
          SENTIMENTS[sentiment] as string,
        ),
      )
    return this.#posts[place]
  }

  #countDetails(
    counts: Pick<State, 'counter' | 'histogram'>,
    topic: string,
    details: NonNullable<PipelinePost['details']>,
  ): void {
    details.forEach((more, place) => {
      const scorer = this.#scorers[place] as string
      for (const emotion of more?.emotions ?? [])
        counts.counter('mood_posts_by_emotion_total').add(labelKey(this.#source, topic, scorer, emotion))
      if (more?.disagreement !== undefined)
        counts
          .histogram('mood_scorer_disagreement_ratio')
          .cell(labelKey(this.#source, topic, scorer))
          .observe(more.disagreement)
    })
  }

  #observe(topic: number, scorer: number, score: number, { post, eventTime }: PipelinePost): void {
    const place = topic * this.#scorers.length + scorer
    this.#positivity[place] ??= this.#state
      .histogram('mood_positivity_ratio')
      .cell(labelKey(this.#source, this.#topics[topic] as string, this.#scorers[scorer] as string))
    const cell = this.#positivity[place]
    const value = (score + 1) / 2
    const bucket = cell.observe(value)
    // The first post of each bucket in a delta is its exemplar: only one per bucket is shown.
    if (cell.exemplars[bucket] === null) {
      const text = post.url ?? post.id
      // A scorer may have changed the post object, so the type is checked.
      if (typeof text === 'string' && text.length <= MAX_EXEMPLAR && PRINTABLE.test(text))
        cell.exemplars[bucket] = {
          label: post.url === undefined ? 'id' : 'url',
          text,
          value,
          at: eventTime / 1000,
        }
    }
  }
}
