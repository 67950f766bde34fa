import { DROP_REASONS, METRICS, type MetricDeclaration } from '../catalogue/metrics.ts'

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** A table as Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

export const code = (text: string): string => (text === '' ? '' : `\`${text}\``)

/** The metrics reference as Markdown: what docs/metrics.md holds. */
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
  const reasons = Object.entries(DROP_REASONS).map(([reason, meaning]) => [code(reason), meaning])
  return `# Metrics

<!-- Generated from src/catalogue/metrics.ts by \`npm run docs\`. -->

What \`/metrics\` serves, in the Prometheus text format or as OpenMetrics, whichever the scraper asks for. Every label
has as many values as the configuration allows, whatever the traffic holds. Beside these there are the usual
\`process_*\` and \`nodejs_*\` metrics.

${markdownTable(['Metric', 'Type', 'Labels', 'Meaning'], rows)}

## Why records are dropped

Each record that a source handed over is counted once: as posts, or in \`mood_posts_dropped_total\` with one of these
values of \`reason\`.

${markdownTable(['Reason', 'Meaning'], reasons)}

## Bounds of histograms

${markdownTable(['Metric', 'Upper bounds, `+Inf` aside'], histograms)}
`
}
