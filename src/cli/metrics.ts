import { Command } from 'commander'
import { DROP_REASONS } from '../catalogue/drop-reasons.ts'
import { METRICS, type MetricDeclaration, type MetricName } from '../catalogue/metrics.ts'
import { FAILURE_REASONS } from '../catalogue/plugin-kinds.ts'
import { metricsMarkdown } from './markdown.ts'
import { print, table, terminalWidth, wrap } from './output.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter metrics                        every metric with its type, labels and meaning
  $ mood-exporter metrics --markdown > metrics.md`

/** `mood-exporter metrics`: the reference of the metrics on /metrics. */
export function metricsCommand(): Command {
  return new Command('metrics')
    .description('Describe every metric that the exporter serves.')
    .option('--markdown', 'print Markdown')
    .addHelpText('after', EXAMPLES)
    .action(({ markdown = false }: { markdown?: boolean }) =>
      print(markdown ? metricsMarkdown().trimEnd() : text()),
    )
}

function text(): string {
  const metrics = Object.entries<MetricDeclaration>(METRICS).map(([name, { type, labels, help }]) => {
    const title = labels.length === 0 ? `${name} (${type})` : `${name}{${labels.join(', ')}} (${type})`
    return [title, ...wrap(help, terminalWidth() - 2).map(line => `  ${line}`)].join('\n')
  })
  const reasonsOf = (metric: MetricName, reasons: Record<string, string>) =>
    `Values of the label reason of ${metric}:\n${table(Object.entries(reasons), { indent: '  ' })}`
  return [
    ...metrics,
    reasonsOf('mood_posts_dropped_total', DROP_REASONS),
    reasonsOf('mood_plugin_errors_total', FAILURE_REASONS),
  ].join('\n\n')
}
