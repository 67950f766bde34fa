import { Command, InvalidArgumentError } from 'commander'
import { runSourceCommand, type SourceCommandOptions } from './source-command.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter kafka shares           whether the number of shares may be changed now
  $ mood-exporter kafka shares --of 4    the same, and which share of 4 gets which partitions

Exits with 1 where an exporter has to be stopped, or started and stopped, before the number of shares may change.`

/** `mood-exporter kafka`: shows what the brokers store of the source `kafka`. */
export function kafkaCommand(): Command {
  const command = new Command('kafka').description('Show what the brokers have of the source `kafka`.')
  command
    .command('shares')
    .description(
      'Show who has read each partition, how far, and whether the number of fixed shares may change.',
    )
    .option('-c, --config <file>', 'the configuration of any exporter of the fleet', 'mood.yml')
    .option('--of <number>', 'the number of shares that there are to be', numberOf)
    .option('--source <name>', 'the source, where the configuration has several')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(({ of = '', ...options }: SourceCommandOptions & { of?: string }) =>
      runSourceCommand('kafka', 'shares', of, options),
    )
  return command
}

function numberOf(text: string): string {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('expected a whole number from 1 to 9999')
  return text
}
