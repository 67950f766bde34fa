import { CommanderError } from 'commander'
import { codeOf, createError, ERRORS, exitCodeOf } from '../catalogue/errors.ts'
import { ConfigError } from '../config/problem.ts'
import { printable, printError } from './output.ts'

/** Conventional exit codes. */
export const EXIT = { ok: 0, failure: 1, usage: ERRORS.ERR_USAGE.exit } as const

/** The error for an invalid command line. */
export const usageError = (problem: string) => createError('ERR_USAGE', { problem })

/**
 * Writes an error to standard error, in one line (the problems of a configuration have one each), and returns the
 * exit code.
 *
 * @param verbose whether to add the stack trace
 */
export function report(error: unknown, verbose = false): number {
  if (error instanceof CommanderError) return reportUsage(error)
  if (error instanceof ConfigError) printError(error.message)
  else {
    const code = codeOf(error)
    const message = printable(error instanceof Error ? error.message : String(error))
    printError(`mood-exporter: ${message}${code === undefined ? '' : ` (${code})`}`)
  }
  if (verbose && error instanceof Error) printError(traceOf(error))
  return exitCodeOf(error)
}

/** Help and the version are "errors" of commander too, which it has already printed. */
function reportUsage({ exitCode, message }: CommanderError): number {
  if (exitCode === 0) return EXIT.ok
  // Without a command, commander prints the help and throws a message that is not a sentence.
  if (!message.startsWith('('))
    printError(`mood-exporter: ${message.replace(/^error: /, '').replace(/\n/g, ' ')} (ERR_USAGE)`)
  return EXIT.usage
}

function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${traceOf(error.cause)}` : ''
  return `${error.stack}${cause}`
}
