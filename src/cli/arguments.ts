import { existsSync } from 'node:fs'
import { Argument, type Command } from 'commander'
import { orList, quote } from '../config/problem.ts'
import { usageError } from './errors.ts'

/** An argument with a few choices. Another value is a usage error that names them. */
export function choiceArgument(name: string, description: string, choices: readonly string[]): Argument {
  return new Argument(name, description).choices(choices).argParser(text => {
    if (choices.includes(text)) return text
    throw usageError(`expected ${orList(choices.map(quote))}, got ${quote(text)}`)
  })
}

/**
 * Rejects arguments beyond those of a command. A configuration without `--config` is the usual mistake.
 *
 * @throws MoodError ERR_USAGE
 */
export function rejectExcess(command: Command): void {
  const expected = command.registeredArguments
  if (expected.at(-1)?.variadic) return
  const excess = command.args[expected.length]
  if (excess === undefined) return
  const takesConfig = command.options.some(({ long }) => long === '--config')
  const isGiven = command.getOptionValueSource('config') === 'cli'
  const isConfig = takesConfig && !isGiven && (/\.ya?ml$/i.test(excess) || existsSync(excess))
  throw usageError(
    isConfig
      ? `unexpected argument ${quote(excess)}: for a configuration write \`--config ${excess}\``
      : `unexpected argument ${quote(excess)}`,
  )
}
