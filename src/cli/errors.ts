import { CommanderError } from 'commander'
import { MoodError } from '../catalogue/errors.ts'
import { formatProblem, type Problem } from '../config/problem.ts'
import { complain, printable } from './output.ts'

/** Conventional exit codes. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const

/** A configuration that cannot be used: every problem with it. */
export class ConfigError extends MoodError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems[0]?.code ?? 'ERR_CONFIG_INVALID', problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}

/** A command line that was not understood. */
export class UsageError extends MoodError {
  constructor(message: string) {
    super('ERR_USAGE', message)
  }
}

/**
 * Says on standard error what went wrong, in a line (a configuration's problems have one each), and answers the code to
 * exit with.
 *
 * @param verbose whether to add where in the program it happened
 */
export function report(error: unknown, verbose = false): number {
  if (error instanceof CommanderError) return reportUsage(error)
  if (error instanceof ConfigError) complain(error.message)
  else if (error instanceof MoodError) complain(`mood-exporter: ${printable(error.message)} (${error.code})`)
  else complain(`mood-exporter: ${printable(error instanceof Error ? error.message : String(error))}`)
  if (verbose && error instanceof Error) complain(traceOf(error))
  return error instanceof UsageError ? EXIT.usage : EXIT.failure
}

/** Help and the version are "errors" to commander too, of which it has written already. */
function reportUsage({ exitCode, message }: CommanderError): number {
  if (exitCode === 0) return EXIT.ok
  // Without a command, commander writes the help and throws a message that is no sentence.
  if (!message.startsWith('('))
    complain(`mood-exporter: ${message.replace(/^error: /, '').replace(/\n/g, ' ')} (ERR_USAGE)`)
  return EXIT.usage
}

function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${traceOf(error.cause)}` : ''
  return `${error.stack}${cause}`
}
