import { Command } from 'commander'
import { quote } from '../config/problem.ts'
import { nearest } from '../config/suggest.ts'
import { usageError } from './errors.ts'

/** Adds the command `help` to a command with commands, and to those of them that have commands. */
export function addHelp(parent: Command): void {
  for (const command of parent.commands) if (command.commands.length > 0) addHelp(command)
  // Commander's own prints the help of the parent for an unknown name, without a word about it.
  parent.helpCommand(false)
  parent.addCommand(
    new Command('help')
      .description('Show the help of a command.')
      .argument('[command...]', 'its name, with the name of the command before it if it is nested')
      .helpOption(false)
      .action((names: string[]) => named(parent, names).help()),
  )
}

/** The command of that name within another, and so on. @throws MoodError ERR_USAGE if there is none */
function named(parent: Command, [name, ...more]: string[]): Command {
  if (name === undefined) return parent
  const command = parent.commands.find(command => command.name() === name)
  if (command) return named(command, more)
  const near = nearest(
    name,
    parent.commands.map(command => command.name()),
  )
  const hint = near === undefined ? '' : `; did you mean ${quote(near)}?`
  throw usageError(`there is no command ${quote(name)}${hint}`)
}
