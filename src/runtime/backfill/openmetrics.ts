import { METRICS, type MetricDeclaration, type MetricName } from '../../catalogue/metrics.ts'
import { type HistogramSample, type Sample, seriesStarts } from '../../metrics/family.ts'
import { ENDS, headText, numberText } from '../../metrics/text-format.ts'

/** Values of one line of a series, run-length encoded: most are equal to the previous sample. */
class Runs {
  /** Triples: the first sample of a run, the last one, and its value. */
  readonly #runs: number[] = []

  /** @param index of the sample, which increases with each call */
  add(index: number, value: number): void {
    const end = this.#runs.length
    if (end > 0 && this.#runs[end - 2] === index - 1 && this.#runs[end - 1] === value)
      this.#runs[end - 2] = index
    else this.#runs.push(index, index, value)
  }

  *values(): Generator<readonly [index: number, value: number]> {
    for (let at = 0; at < this.#runs.length; at += 3)
      for (let index = this.#runs[at] as number; index <= (this.#runs[at + 1] as number); index++)
        yield [index, this.#runs[at + 2] as number]
  }
}

/**
 * Samples over a time range as OpenMetrics text with timestamps, with the samples of each series together, as
 * required.
 */
export class OpenMetricsText {
  readonly #labels: readonly (readonly [string, string])[]
  readonly #times: number[] = []
  readonly #families = new Map<MetricName, Map<string, Runs[]>>()

  /** @param labels added to every series */
  constructor(labels: readonly (readonly [string, string])[]) {
    this.#labels = labels
  }

  get isEmpty(): boolean {
    return this.#times.length === 0
  }

  /** Adds the values of all metrics at a time (Unix milliseconds), later than the one before. */
  add(at: number, collectors: Partial<Record<MetricName, () => Iterable<Sample | HistogramSample>>>): void {
    const index = this.#times.push(at) - 1
    for (const [name, read] of Object.entries(collectors) as [
      MetricName,
      () => Iterable<Sample | HistogramSample>,
    ][]) {
      const family = this.#families.get(name) ?? new Map<string, Runs[]>()
      this.#families.set(name, family)
      for (const [key, value] of read()) {
        const numbers = numbersOf(value)
        const lines = family.get(key) ?? numbers.map(() => new Runs())
        family.set(key, lines)
        for (let line = 0; line < lines.length; line++)
          (lines[line] as Runs).add(index, numbers[line] as number)
      }
    }
  }

  /** The text, in pieces. */
  *text(): Generator<string> {
    for (const [name, family] of this.#families) {
      if (family.size === 0) continue
      const declaration: MetricDeclaration = METRICS[name]
      yield headText({ name, ...declaration }, 'openmetrics')
      for (const [key, lines] of family) {
        const starts = seriesStarts(name, declaration, key, this.#labels)
        yield this.#seriesText(starts, lines)
      }
    }
    yield ENDS.openmetrics
  }

  /** The samples of a series in order of time; for a histogram, all of its lines at each time. */
  #seriesText(starts: readonly string[], lines: readonly Runs[]): string {
    let text = ''
    const all = lines.map(line => line.values())
    for (;;) {
      for (let line = 0; line < all.length; line++) {
        const next = (all[line] as Generator<readonly [number, number]>).next()
        if (next.done) return text
        const [index, value] = next.value
        text += `${starts[line]}${numberText(value)} ${(this.#times[index] as number) / 1000}\n`
      }
    }
  }
}

/** The numbers of a sample, in the order of its series' lines. */
function numbersOf(value: Sample[1] | HistogramSample[1]): number[] {
  if (typeof value === 'number') return [value]
  let count = 0
  const buckets = value.counts.map(n => {
    count += n
    return count
  })
  return [...buckets, value.sum, count]
}
