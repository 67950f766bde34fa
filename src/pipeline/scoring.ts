import type { CallError } from '../plugin/call-error.ts'
import type { Post } from '../plugin/post.ts'
import type { ScoreDetails, ScoreOutcome } from '../plugin/score-result.ts'
import type { Score } from '../plugin/scorer.ts'
import type { CallObserver, ScorerCaller } from '../plugin/scorer-caller.ts'
import type { CallGuard } from './call-guard.ts'
import type { Job } from './job.ts'
import type { ThreadActivity } from './thread-activity.ts'

/** A post in the pipeline, with the results of the stages so far. */
export interface PipelinePost {
  post: Post
  record: number
  /** Its index among the posts of the record. */
  index: number
  /** Event time: Unix milliseconds. */
  eventTime: number
  /** Indexes of its topics. */
  topics: readonly number[]
  lang: string
  /** By scorer, in the order of `WorkerConfig.scorers`. */
  scores: Score[]
  /** By scorer; only if one of them returned more than a number. */
  details?: (ScoreDetails | undefined)[]
}

/** Sets the score of one post; null if the scorer has none, or failed. */
export function scoreOne(
  scorer: ScorerCaller,
  scorerIndex: number,
  guard: CallGuard,
  job: Job,
  item: PipelinePost,
): void {
  const { post, record, index, scores } = item
  scores[scorerIndex] = null
  if (guard.skips(job, record, index)) return
  guard.begin(record, index)
  const result = scorer.scoreOne(post)
  guard.end()
  // The usual case, and a hot one.
  if (typeof result === 'number' || result === null) scores[scorerIndex] = result
  else {
    note(result, scorerIndex, item)
    if (result.error) guard.failed(result.error, () => post.text)
  }
}

function note({ score, details }: ScoreOutcome, scorerIndex: number, item: PipelinePost): void {
  item.scores[scorerIndex] = score
  if (details) {
    item.details ??= []
    item.details[scorerIndex] = details
  }
}

/** Scores posts in batches, with as many posts per call and as many calls in flight as the scorer allows. */
export async function scoreMany(
  scorer: ScorerCaller,
  scorerIndex: number,
  guard: CallGuard,
  job: Job,
  items: readonly PipelinePost[],
  activity: ThreadActivity,
): Promise<void> {
  const wanted = items.filter(({ record, index }) => !guard.skips(job, record, index))
  try {
    const posts = wanted.map(({ post }) => post)
    const outcomes = await scorer.score(posts, new BatchCallGuard(wanted, guard, activity))
    for (const [i, item] of wanted.entries()) note(outcomes[i] as ScoreOutcome, scorerIndex, item)
  } finally {
    activity.waiting(false)
  }
}

/** Records which records the calls in flight are for: if the thread dies, one of those is the cause. */
class BatchCallGuard implements CallObserver {
  readonly #items: readonly PipelinePost[]
  readonly #guard: CallGuard
  readonly #activity: ThreadActivity
  /** Calls in flight: from the first item of each to where it ends. */
  readonly #calls = new Map<number, number>()

  constructor(items: readonly PipelinePost[], guard: CallGuard, activity: ThreadActivity) {
    this.#items = items
    this.#guard = guard
    this.#activity = activity
  }

  begin(from: number, to: number): void {
    if (this.#calls.size > 0) this.#activity.leave()
    this.#calls.set(from, to)
    this.#enter()
    this.#activity.waiting(false)
  }

  waiting(): void {
    this.#activity.waiting(true)
  }

  end(from: number, _to: number, milliseconds: number): void {
    this.#guard.spent(milliseconds)
    // All calls still in flight have returned a promise.
    this.#activity.waiting(true)
    this.#activity.leave()
    this.#calls.delete(from)
    if (this.#calls.size > 0) this.#enter()
  }

  failed(error: CallError, from: number): void {
    this.#guard.failed(error, () => this.#items[from]?.post.text ?? '')
  }

  #enter(): void {
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (const [from, to] of this.#calls) {
      first = Math.min(first, this.#items[from]?.record as number)
      last = Math.max(last, this.#items[to - 1]?.record as number)
    }
    this.#activity.enter(this.#guard.index, first, -1, last)
  }
}
