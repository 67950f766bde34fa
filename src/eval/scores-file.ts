import { basename } from 'node:path'
import { quote } from '../config/problem.ts'
import type { Score } from '../plugin/scorer.ts'
import { DataError } from './data-error.ts'
import { linesOf } from './lines.ts'

/** Scores from another program: one for each line of the data, in order. */
export interface ScoresFile {
  name: string
  rows: number
  /** @param row counted from 0 */
  at(row: number): Score
}

const NO_SCORE = /^(?:|null|nan|none|unknown)$/i

/**
 * Reads `FILE` or `NAME=FILE`: one number from -1 to 1 per line, or an empty line, null or NaN for no score. The
 * first line may be a name.
 *
 * @throws DataError if a line is something else
 */
export async function readScores(option: string): Promise<ScoresFile> {
  const [, name, file = option] = /^([A-Za-z0-9][\w.-]{0,62})=(.+)$/s.exec(option) ?? []
  let scores = new Float64Array(4096)
  let rows = 0
  let heading: string | undefined
  for await (const lines of linesOf(file)) {
    for (const { line, text } of lines) {
      const score = scoreOf(text.trim())
      if (score === undefined && line === 1) heading = text.trim()
      else if (score === undefined)
        throw new DataError(file, {
          line,
          message: `expected a score from -1 to 1, or null, got ${quote(text)}`,
        })
      else {
        if (rows === scores.length) scores = grown(scores)
        // NaN represents null in an array of numbers.
        scores[rows++] = score ?? Number.NaN
      }
    }
  }
  const at = (row: number) => {
    const score = scores[row] as number
    return Number.isNaN(score) ? null : score
  }
  return { name: name ?? heading ?? basename(file).replace(/\..*$/s, ''), rows, at }
}

/** Undefined if it is not a score. */
function scoreOf(text: string): Score | undefined {
  if (NO_SCORE.test(text)) return null
  const score = Number(text)
  return score >= -1 && score <= 1 ? score : undefined
}

function grown(scores: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * scores.length)
  larger.set(scores)
  return larger
}
