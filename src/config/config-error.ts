import { MoodError } from '../catalogue/errors.ts'
import { formatProblem, type Problem } from './problem.ts'

/** A configuration that cannot be used, with all its problems; the message has a line for each. */
export class ConfigError extends MoodError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems[0]?.code ?? 'ERR_CONFIG_INVALID', problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}
