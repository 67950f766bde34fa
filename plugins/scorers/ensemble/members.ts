import type { DetailedScore, Log, Post, Score, Scorer, ScorerContext } from 'mood-exporter/plugin'

/** A scorer of the ensemble. */
export interface Member {
  use: string
  weight: number
  scorer: Scorer
}

/** What a member made of a post; undefined where it failed. */
export type Answer = Score | DetailedScore | undefined

/**
 * Makes the members. Where one cannot be made, those that were are closed again.
 *
 * @throws Error that names the place of the one that is at fault: `scorers[1]`
 */
export async function makeMembers(
  specs: readonly { use: string; weight: number; [option: string]: unknown }[],
  context: ScorerContext,
): Promise<Member[]> {
  const made = await Promise.allSettled(
    specs.map(async ({ use, weight, ...options }, i) => {
      try {
        return { use, weight, scorer: await context.scorer({ use, ...options }) }
      } catch (error) {
        throw new Error(`scorers[${i}]: ${(error as Error).message}`, { cause: error })
      }
    }),
  )
  const members = made.flatMap(result => (result.status === 'fulfilled' ? result.value : []))
  const failures = made.flatMap(result => (result.status === 'rejected' ? [result.reason as Error] : []))
  if (failures.length > 0) {
    await closeAll(members)
    throw new Error(failures.map(({ message }) => message).join('; '), { cause: failures[0] })
  }
  return members
}

export const closeAll = (members: readonly Member[]) =>
  Promise.allSettled(members.map(async ({ scorer }) => scorer.close?.()))

const isScore = (score: unknown): score is Score =>
  score === null || (typeof score === 'number' && score >= -1 && score <= 1)

/** A member that answered rubbish has failed like one that threw. */
function checked(answer: Score | DetailedScore): Score | DetailedScore {
  const score = typeof answer === 'object' && answer !== null ? answer.score : answer
  if (!isScore(score)) throw new Error(`expected a number from -1 to 1 or null, got ${String(score)}`)
  return answer
}

/** Asks the members, and tells of those that fail; what the others say still counts. */
export class Panel {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** What one member makes of a post. */
  answer(member: Member, answer: () => Score | DetailedScore): Answer {
    try {
      return checked(answer())
    } catch (error) {
      return this.#failed(member, error)
    }
  }

  /** What one member makes of each post. */
  async answers(member: Member, posts: readonly Post[]): Promise<Answer[]> {
    const { scorer } = member
    if ('score' in scorer) return posts.map(post => this.answer(member, () => scorer.score(post)))
    try {
      const answers = await scorer.scoreBatch(posts)
      if (answers.length !== posts.length)
        throw new Error(`expected ${posts.length} scores, got ${answers.length}`)
      return answers.map(answer => this.answer(member, () => answer))
    } catch (error) {
      this.#failed(member, error)
      return posts.map(() => undefined)
    }
  }

  #failed({ use }: Member, error: unknown): undefined {
    this.#log.warn('a scorer of the ensemble failed; it is left out', {
      scorer: use,
      detail: error instanceof Error ? error.message : String(error),
    })
  }
}
