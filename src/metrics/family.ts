import type { MetricDeclaration } from '../catalogue/metrics.ts'
import type { Exemplar, HistogramCell } from '../state/histograms.ts'
import { labelKey, labelValues } from '../state/label-key.ts'

/** One series of a counter or gauge: the label key of its values, in the order of the declaration, and its value. */
export type Sample = readonly [key: string, value: number]

/** One series of a histogram. */
export type HistogramSample = readonly [key: string, cell: HistogramCell]

/** Which of the two formats is written: they differ in units, in exemplars and in what a counter's family is called. */
export type ExpositionFormat = 'text' | 'openmetrics'

const escapeHelp = (text: string) => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
const escapeValue = (text: string) => escapeHelp(text).replace(/"/g, '\\"')

/** A number as both formats want it. */
function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

/**
 * Writes the series of one declared metric. What stands before a series' value is made once and kept from scrape to
 * scrape for as long as there is that series, so that a scrape of thousands costs little more than their numbers.
 */
export class MetricFamily {
  readonly #name: string
  readonly #declaration: MetricDeclaration
  readonly #format: ExpositionFormat
  readonly #read: () => Iterable<Sample | HistogramSample>
  readonly #head: string
  #last = new Map<string, readonly string[]>()

  constructor(
    name: string,
    declaration: MetricDeclaration,
    format: ExpositionFormat,
    read: () => Iterable<Sample | HistogramSample>,
  ) {
    this.#name = name
    this.#declaration = declaration
    this.#format = format
    this.#read = read
    const { type, help, unit } = declaration
    // In OpenMetrics `_total` belongs to a counter's samples, not to the family.
    const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name
    const unitLine = format === 'openmetrics' && unit ? `# UNIT ${family} ${unit}\n` : ''
    this.#head = `# HELP ${family} ${escapeHelp(help)}\n# TYPE ${family} ${type}\n${unitLine}`
  }

  /** The metric as lines, without an end of line after the last. */
  lines(): string {
    const kept = new Map<string, readonly string[]>()
    let text = this.#head
    for (const [key, value] of this.#read()) {
      const starts = this.#last.get(key) ?? this.#startsOf(key)
      kept.set(key, starts)
      text +=
        typeof value === 'number' ? `${starts[0]}${numberText(value)}\n` : this.#histogram(starts, value)
    }
    this.#last = kept
    return text.slice(0, -1)
  }

  #histogram(starts: readonly string[], cell: HistogramCell): string {
    let text = ''
    let count = 0
    const buckets = cell.counts.length
    for (let bucket = 0; bucket < buckets; bucket++) {
      count += cell.counts[bucket] as number
      const exemplar = this.#format === 'openmetrics' ? cell.exemplars[bucket] : null
      text += `${starts[bucket]}${count}${exemplar ? exemplarText(exemplar) : ''}\n`
    }
    return `${text}${starts[buckets]}${numberText(cell.sum)}\n${starts[buckets + 1]}${count}\n`
  }

  /** What stands before the values of a series: of a histogram its buckets, its sum and its count. */
  #startsOf(key: string): readonly string[] {
    const { type, buckets = [] } = this.#declaration
    const labels = this.#labelsOf(key)
    const braced = labels === '' ? '' : `{${labels}}`
    if (type !== 'histogram') return [`${this.#name}${braced} `]
    const bounds = [...buckets, '+Inf'].map(
      le => `${this.#name}_bucket{le="${le}"${labels && `,${labels}`}} `,
    )
    return [...bounds, `${this.#name}_sum${braced} `, `${this.#name}_count${braced} `]
  }

  #labelsOf(key: string): string {
    const names = this.#declaration.labels
    if (names.length === 0) return ''
    const values = labelValues(key)
    // A term is the last label wherever it is one, and may hold whatever keys are made with.
    const last = labelKey(...values.slice(names.length - 1))
    return names
      .map((name, i) => `${name}="${escapeValue(i < names.length - 1 ? (values[i] as string) : last)}"`)
      .join(',')
  }
}

const exemplarTexts = new WeakMap<Exemplar, string>()

function exemplarText(exemplar: Exemplar): string {
  let text = exemplarTexts.get(exemplar)
  if (text === undefined) {
    const { label, text: value, value: at, at: seconds } = exemplar
    text = ` # {${label}="${escapeValue(value)}"} ${numberText(at)} ${numberText(seconds)}`
    exemplarTexts.set(exemplar, text)
  }
  return text
}
