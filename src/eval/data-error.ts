import { MoodError } from '../catalogue/errors.ts'
import { formatProblem, type Problem } from '../config/problem.ts'

/** Labelled data, or a file of scores, that cannot be used, with all problems or the first ones. */
export class DataError extends MoodError {
  readonly problems: readonly Problem[]

  constructor(file: string, ...problems: readonly { line?: number; message: string }[]) {
    const placed = problems.map(
      ({ line = 0, message }): Problem => ({
        file,
        line,
        column: 0,
        path: '',
        message,
        code: 'ERR_EVAL_DATA',
      }),
    )
    super('ERR_EVAL_DATA', placed.map(formatProblem).join('\n'))
    this.problems = placed
  }
}
