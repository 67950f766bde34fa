import type { Post } from '../plugin/post.ts'
import type { BatchScorer, PostScorer, Score } from '../plugin/scorer.ts'
import type { Job } from './job.ts'
import type { Meter } from './meter.ts'
import type { Progress } from './progress.ts'

/** A post on its way, with what is known of it so far. */
export interface Candidate {
  post: Post
  record: number
  /** Which post of the record. */
  index: number
  /** Event time: Unix milliseconds. */
  eventTime: number
  /** Places of its topics among the plan's. */
  topics: readonly number[]
  lang: string
  /** By scorer, in the plan's order. */
  scores: Score[]
}

const isScore = (score: unknown): score is Score =>
  score === null || (typeof score === 'number' && score >= -1 && score <= 1)

/** The score of one post; null where the scorer cannot say, or failed. */
export function scoreOne(scorer: PostScorer, meter: Meter, job: Job, candidate: Candidate): Score {
  const { post, record, index } = candidate
  if (meter.skips(job, record, index)) return null
  meter.begin(record, index)
  let score: unknown
  try {
    score = scorer.score(post)
  } catch (error) {
    meter.failed('threw', error)
    return null
  } finally {
    meter.end()
  }
  if (isScore(score)) return score
  meter.failed('rubbish', `expected a number from -1 to 1 or null, got ${describe(score)}`)
  return null
}

/** Scores candidates by the batch: as many at once, and as many calls under way, as the scorer takes. */
export async function scoreMany(
  scorer: BatchScorer,
  scorerIndex: number,
  meter: Meter,
  job: Job,
  candidates: readonly Candidate[],
  { progress, timeout }: { progress: Progress; timeout: number },
): Promise<void> {
  const wanted = candidates.filter(({ record, index }) => !meter.skips(job, record, index))
  const size = Math.max(1, scorer.batchSize ?? 32)
  const next = () => wanted.splice(0, size)

  const underWay = new UnderWay(meter.index, progress)
  const worker = async () => {
    for (let chunk = next(); chunk.length > 0; chunk = next()) {
      underWay.begin(chunk)
      const scores = await scoreChunk(scorer, meter, chunk, timeout, progress)
      underWay.end(chunk)
      chunk.forEach((candidate, i) => {
        candidate.scores[scorerIndex] = scores[i] as Score
      })
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.max(1, scorer.concurrency ?? 1) }, worker))
  } finally {
    progress.waiting(false)
  }
}

/** Notes which records the calls under way are for: should the thread die now, that is what it was at. */
class UnderWay {
  readonly #plugin: number
  readonly #progress: Progress
  readonly #chunks = new Set<readonly Candidate[]>()

  constructor(plugin: number, progress: Progress) {
    this.#plugin = plugin
    this.#progress = progress
  }

  begin(chunk: readonly Candidate[]): void {
    if (this.#chunks.size > 0) this.#progress.leave()
    this.#chunks.add(chunk)
    this.#note()
  }

  end(chunk: readonly Candidate[]): void {
    this.#progress.leave()
    this.#chunks.delete(chunk)
    if (this.#chunks.size > 0) this.#note()
  }

  #note(): void {
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (const chunk of this.#chunks) {
      first = Math.min(first, chunk[0]?.record as number)
      last = Math.max(last, chunk.at(-1)?.record as number)
    }
    this.#progress.enter(this.#plugin, first, -1, last)
  }
}

async function scoreChunk(
  scorer: BatchScorer,
  meter: Meter,
  chunk: readonly Candidate[],
  timeout: number,
  progress: Progress,
): Promise<Score[]> {
  const unknown = (): Score[] => chunk.map(() => null)
  const startedAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<'timeout'>(resolve => {
    timer = setTimeout(resolve, timeout, 'timeout')
  })
  let scores: unknown
  try {
    progress.waiting(false)
    const answer = scorer.scoreBatch(chunk.map(({ post }) => post))
    progress.waiting(true)
    scores = await Promise.race([answer, expired])
  } catch (error) {
    meter.failed('threw', error)
    return unknown()
  } finally {
    clearTimeout(timer)
    progress.waiting(true)
    meter.spent(performance.now() - startedAt)
  }
  if (scores === 'timeout') {
    meter.failed('timeout', `no answer within ${timeout} ms`)
    return unknown()
  }
  if (!Array.isArray(scores) || scores.length !== chunk.length) {
    meter.failed('rubbish', `expected ${chunk.length} scores, got ${describe(scores)}`)
    return unknown()
  }
  return scores.map(score => {
    if (isScore(score)) return score
    meter.failed('rubbish', `expected a number from -1 to 1 or null, got ${describe(score)}`)
    return null
  })
}

const describe = (value: unknown): string =>
  Array.isArray(value) ? `${value.length} of them` : typeof value === 'number' ? String(value) : typeof value
