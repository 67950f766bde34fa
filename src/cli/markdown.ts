import { DROP_REASONS, WANTED_DROPS } from '../catalogue/drop-reasons.ts'
import { METRICS, type MetricDeclaration, type MetricName } from '../catalogue/metrics.ts'
import { FAILURE_REASONS } from '../catalogue/plugin-kinds.ts'
import { beginsAtZero } from '../catalogue/series.ts'

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** A table as Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

export const code = (text: string): string => (text === '' ? '' : `\`${text}\``)

/** The metrics reference as Markdown, the content of docs/metrics.md. */
export function metricsMarkdown(): string {
  const metrics = Object.entries<MetricDeclaration>(METRICS)
  const rows = metrics.map(([name, { type, labels, help }]) => [
    code(name),
    type,
    labels.map(code).join(', '),
    help,
  ])
  const histograms = metrics.flatMap(([name, { buckets }]) =>
    buckets ? [[code(name), buckets.join(', ')]] : [],
  )
  const reasons = (table: Record<string, string>) =>
    Object.entries(table).map(([reason, meaning]) => [code(reason), meaning])
  const begun = metrics.flatMap(([name]) => (beginsAtZero(name as MetricName) ? [`- ${code(name)}`] : []))
  return `# Metrics

<!-- Generated from src/catalogue/metrics.ts by \`npm run docs\`. -->

\`/metrics\` serves these metrics, and the usual \`process_*\` and \`nodejs_*\` ones, in the Prometheus text format or as
OpenMetrics, as the scraper requests. The configuration limits how many values each label can have, whatever the traffic
contains.

${markdownTable(['Metric', 'Type', 'Labels', 'Meaning'], rows)}

Plugins may export metrics of their own, as \`mood_plugin_NAME_METRIC\` with the label \`plugin\` for the instance; the
documentation of the plugin and their HELP texts describe them. See [Writing a plugin](writing-a-plugin.md#metrics).

## Why records are dropped

Each record that a source emits is counted once: as posts, or in \`mood_posts_dropped_total\` with one of these values of
\`reason\`.

${markdownTable(['Reason', 'Meaning'], reasons(DROP_REASONS))}

${WANTED_DROPS.map(reason => `\`${reason}\``).join(', ')}: these records are left out on purpose. All others are lost. A query for lost records:

\`\`\`promql
sum by (source, reason) (rate(mood_posts_dropped_total{reason!~"${WANTED_DROPS.join('|')}"}[5m])) > 0
\`\`\`

## Why calls of plugins fail

Each failed call is counted once in \`mood_plugin_errors_total\`, with one of these values of \`reason\`.

${markdownTable(['Reason', 'Meaning'], reasons(FAILURE_REASONS))}

## Series that exist before any traffic

These counters are at 0 as soon as the configuration is loaded, for every value of their labels, so that \`rate\` and
\`increase\` see their first increment. Every other counter appears with the first post, request or line that it counts.
A reload removes the series of sources, topics, scorers, extractors, windows and languages that are no longer configured.

${begun.join('\n')}

## Bounds of histograms

${markdownTable(['Metric', 'Upper bounds, without `+Inf`'], histograms)}
`
}
