/**
 * The two formats of /metrics: Prometheus' text format 0.0.4 and OpenMetrics 1.0. They differ in the name of a counter's
 * family, in units, in exemplars and in how the text ends.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
export type ExpositionFormat = 'text' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** Between two families: an empty line for readers, which OpenMetrics does not allow. */
export const BETWEEN_FAMILIES: Readonly<Record<ExpositionFormat, string>> = { text: '\n', openmetrics: '' }

/** How the whole ends. */
export const ENDS: Readonly<Record<ExpositionFormat, string>> = { text: '', openmetrics: '# EOF\n' }

/** What is said of a family before its samples. */
export interface FamilyHead {
  /** A counter's with its `_total`. */
  readonly name: string
  readonly type: string
  readonly help: string
  readonly unit?: string | undefined
}

/** The lines of HELP, TYPE and UNIT. */
export function headText({ name, type, help, unit }: FamilyHead, format: ExpositionFormat): string {
  if (format === 'text') return `# HELP ${name} ${escapeBackslashes(help)}\n# TYPE ${name} ${type}\n`
  // `_total` belongs to a counter's samples there, not to the family.
  const family = type === 'counter' ? name.replace(/_total$/, '') : name
  const unitLine = unit === undefined ? '' : `# UNIT ${family} ${unit}\n`
  return `# HELP ${family} ${escapeValue(help)}\n# TYPE ${family} ${type}\n${unitLine}`
}

/** Labels in braces, in this order; nothing if there are none. */
export const labelsText = (labels: readonly (readonly [name: string, value: string])[]): string =>
  labels.length === 0 ? '' : `{${labels.map(([name, value]) => `${name}="${escapeValue(value)}"`).join(',')}}`

/** A number as both formats want it. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

/** A text escaped for quotes. */
export const escapeValue = (text: string): string => escapeBackslashes(text).replace(/"/g, '\\"')

const escapeBackslashes = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
