import { type DetailedScore, isObject, pointerReader, type Score } from 'mood-exporter/plugin'

export interface Shape {
  scores_at?: string | undefined
  score_at?: string | undefined
  emotions_at?: string | undefined
  /** The lowest and highest score of the service; -1 and 1 by default. */
  scale?: readonly [number, number] | undefined
  emotions: readonly string[]
}

/**
 * Makes the function that finds the scores in an answer. An invalid score is returned unchanged: it affects only its
 * post, and the exporter counts and logs it.
 */
export function scoresReader({ scores_at, score_at, emotions_at, scale, emotions }: Shape) {
  const listIn =
    scores_at === undefined
      ? (answer: unknown) => (isObject(answer) ? answer.scores : answer)
      : pointerReader(scores_at)
  const scoreIn =
    score_at === undefined ? (item: unknown) => (isObject(item) ? item.score : item) : pointerReader(score_at)
  const emotionsIn = pointerReader(emotions_at ?? '/emotions')

  const scaled = (score: number): number => {
    if (scale === undefined) return score
    const [low, high] = scale
    return (2 * (score - low)) / (high - low) - 1
  }

  function scoreOf(item: unknown): Score | DetailedScore {
    const found = scoreIn(item)
    const score = typeof found === 'number' ? scaled(found) : (found as Score)
    const named = emotions.length > 0 ? emotionsIn(item) : undefined
    return named === undefined || named === null ? score : { score, emotions: named as string[] }
  }

  /** @throws Error if there is no list of this length */
  return (answer: unknown, posts: number): (Score | DetailedScore)[] => {
    const list = listIn(answer)
    if (!Array.isArray(list) || list.length !== posts) {
      const got = Array.isArray(list)
        ? `${list.length}`
        : (JSON.stringify(answer)?.slice(0, 200) ?? 'nothing')
      throw new Error(`expected a list of ${posts} scores at "${scores_at ?? '/scores'}", got ${got}`)
    }
    return list.map(scoreOf)
  }
}
