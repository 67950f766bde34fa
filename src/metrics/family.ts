import { labelKey, labelValues } from '../catalogue/label-key.ts'
import type { MetricDeclaration } from '../catalogue/metrics.ts'
import type { Exemplar, HistogramCell } from '../state/histograms.ts'
import { type ExpositionFormat, headText, labelsText, numberText } from './text-format.ts'

/** One series of a counter or gauge: the label key of its values, in the order of the declaration, and its value. */
export type Sample = readonly [key: string, value: number]

/** One series of a histogram. */
export type HistogramSample = readonly [
  key: string,
  cell: Readonly<Pick<HistogramCell, 'sum'>> & {
    readonly counts: readonly number[]
    readonly exemplars: readonly (Exemplar | null)[]
  },
]

/** The number of series written in one step. */
const STEP = 500

/**
 * Writes the series of one declared metric. What comes before a series' value is made once and kept from one text to the
 * next for as long as there is that series, so that a text of thousands costs little more than their numbers.
 */
export class MetricFamily {
  readonly #name: string
  readonly #declaration: MetricDeclaration
  readonly #format: ExpositionFormat
  readonly #read: () => Iterable<Sample | HistogramSample>
  readonly #head: string
  #last = new Map<string, readonly string[]>()
  /** The list that was read last, and its text. */
  #written: { readonly list: readonly unknown[]; readonly text: string } | undefined

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
    this.#head = headText({ name, ...declaration }, format)
  }

  /** The metric as lines, read now. */
  text(): string {
    const steps = this.steps()
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
    }
  }

  /**
   * The same in steps of a few hundred series. The values must not change between two steps: if they do, the text must be
   * written again from the start.
   */
  *steps(): Generator<void, string> {
    const series = this.#read()
    if (series === this.#written?.list) return this.#written.text
    const kept = new Map<string, readonly string[]>()
    let text = this.#head
    let written = 0
    for (const [key, value] of series) {
      let starts = this.#last.get(key)
      if (!starts) {
        starts = seriesStarts(this.#name, this.#declaration, key)
        // Already there if the text is written again.
        this.#last.set(key, starts)
      }
      kept.set(key, starts)
      text +=
        typeof value === 'number' ? `${starts[0]}${numberText(value)}\n` : this.#histogram(starts, value)
      if (++written % STEP === 0) yield
    }
    this.#last = kept
    if (Array.isArray(series)) this.#written = { list: series, text }
    return text
  }

  #histogram(starts: readonly string[], cell: HistogramSample[1]): string {
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
}

/**
 * What comes before the values of a series: of a histogram its buckets, its sum and its count.
 * @param key the label key of its values
 * @param more labels that come before its own
 */
export function seriesStarts(
  name: string,
  { type, labels, buckets = [] }: MetricDeclaration,
  key: string,
  more: readonly Label[] = [],
): readonly string[] {
  const own = [...more, ...labelsOf(labels, key)]
  const start = (suffix: string, all = own) => `${name}${suffix}${labelsText(all)} `
  if (type !== 'histogram') return [start('')]
  const bounds = [...buckets, '+Inf'].map(le => start('_bucket', [['le', String(le)], ...own]))
  return [...bounds, start('_sum'), start('_count')]
}

type Label = readonly [name: string, value: string]

function labelsOf(names: readonly string[], key: string): Label[] {
  if (names.length === 0) return []
  const values = labelValues(key)
  // A term is the last label wherever it is one, and may hold whatever keys are made with.
  const last = labelKey(...values.slice(names.length - 1))
  return names.map((name, i) => [name, i < names.length - 1 ? (values[i] as string) : last])
}

const exemplarTexts = new WeakMap<Exemplar, string>()

function exemplarText(exemplar: Exemplar): string {
  let text = exemplarTexts.get(exemplar)
  if (text === undefined) {
    const { label, text: value, value: at, at: seconds } = exemplar
    text = ` # ${labelsText([[label, value]])} ${numberText(at)} ${numberText(seconds)}`
    exemplarTexts.set(exemplar, text)
  }
  return text
}
