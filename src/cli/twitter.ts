import { Command } from 'commander'
import { choiceArgument } from './arguments.ts'
import { runSourceCommand, type SourceCommandOptions } from './source-command.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter twitter rules           all rules of the app, with their owners
  $ mood-exporter twitter rules diff      what \`apply\` would change; changes nothing
  $ mood-exporter twitter rules apply     makes the rules of the source those of the topics, as a running exporter does
  $ mood-exporter twitter rules clear     removes the rules of the source

Rules of others are never changed. Exits with 1 if X rejects a rule.`

/** `mood-exporter twitter`: shows and changes what the source `twitter` stores at X. */
export function twitterCommand(): Command {
  const command = new Command('twitter').description('Show or change what X stores for the source `twitter`.')
  command
    .command('rules')
    .description("Show or change the rules of X's filtered stream.")
    .addArgument(choiceArgument('[action]', 'what to do', ['list', 'diff', 'apply', 'clear']).default('list'))
    .option('-c, --config <file>', 'the configuration', 'mood.yml')
    .option('--source <name>', 'the source, if the configuration has several')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action((action: string, options: SourceCommandOptions) =>
      runSourceCommand('twitter', 'rules', action, options),
    )
  return command
}
