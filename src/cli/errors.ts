import { CommanderError } from 'commander'
import { codeOf, createError, ERRORS, exitCodeOf } from '../catalogue/errors.ts'
import { ConfigError } from '../config/config-error.ts'
import { printable, printError } from './output.ts'

/** Conventional exit codes. */
export const EXIT = { ok: 0, failure: 1, usage: ERRORS.ERR_USAGE.exit } as const

/** The error of a command line that was not understood. */
export const usageError = (problem: string) => createError('ERR_USAGE', { problem })

/**
 * Says on standard error what went wrong, in a line (a configuration's problems have one each), and answers the code to
 * exit with.
 *
 * @param verbose whether to add where in the program it happened
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

/** Help and the version are "errors" to commander too, of which it has written already. */
function reportUsage({ exitCode, message }: CommanderError): number {
  if (exitCode === 0) return EXIT.ok
  // Without a command, commander writes the help and throws a message that is no sentence.
  if (!message.startsWith('('))
    printError(`mood-exporter: ${message.replace(/^error: /, '').replace(/\n/g, ' ')} (ERR_USAGE)`)
  return EXIT.usage
}

function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${traceOf(error.cause)}` : ''
  return `${error.stack}${cause}`
}
