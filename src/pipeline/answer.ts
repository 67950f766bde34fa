import type { DetailedScore, Score, ScorerExtras } from '../plugin/scorer.ts'

/** More would be a label with more values than anybody can read. */
export const MAX_EMOTIONS = 50

const isNumber = (score: unknown): score is Score =>
  score === null || (typeof score === 'number' && score >= -1 && score <= 1)

/** What a scorer answered, made out: its score, what more it said, or what is wrong with it. */
export interface Answer {
  score: Score
  details?: DetailedScore
  rubbish?: string
}

/** Makes out what a scorer that may be anybody's has answered. */
export function readAnswer(answer: unknown, { emotions = [] }: ScorerExtras): Answer {
  if (isNumber(answer)) return { score: answer }
  if (typeof answer !== 'object' || answer === null || !('score' in answer) || !isNumber(answer.score))
    return { score: null, rubbish: `expected a number from -1 to 1 or null, got ${describe(answer)}` }
  const details = answer as DetailedScore
  const { score, disagreement = 0 } = details
  if (typeof disagreement !== 'number' || !(disagreement >= 0 && disagreement <= 1))
    return { score, rubbish: `expected a disagreement from 0 to 1, got ${describe(disagreement)}` }
  const named = details.emotions ?? []
  if (!Array.isArray(named)) return { score, rubbish: `expected a list of emotions, got ${describe(named)}` }
  const stray = named.find(emotion => !emotions.includes(emotion))
  if (stray !== undefined)
    return { score, rubbish: `expected emotions that the scorer declares, got ${JSON.stringify(stray)}` }
  return { score, details }
}

function describe(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'object' && value !== null && 'score' in value) return describe(value.score)
  return Array.isArray(value) ? `${value.length} of them` : typeof value
}
