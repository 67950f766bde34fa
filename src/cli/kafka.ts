import { Command, InvalidArgumentError } from 'commander'
import { runSourceCommand, type SourceCommandOptions } from './source-command.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter kafka shares           whether the number of shares may be changed now
  $ mood-exporter kafka shares --of 4    also the partitions of each of 4 shares

Exits with 1 if an exporter must be stopped, or started and stopped, before the number of shares may change.`

/** `mood-exporter kafka`: shows what the brokers store of the source `kafka`. */
export function kafkaCommand(): Command {
  const command = new Command('kafka').description('Show what the brokers store for the source `kafka`.')
  command
    .command('shares')
    .description(
      'Show who has read each partition, how far, and whether the number of fixed shares may change.',
    )
    .option('-c, --config <file>', 'the configuration of any exporter of the fleet', 'mood.yml')
    .option('--of <number>', 'the future number of shares', numberOf)
    .option('--source <name>', 'the source, if the configuration has several')
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
