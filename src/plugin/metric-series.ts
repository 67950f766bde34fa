import { METRIC_LIMITS } from './metrics.ts'

/** The value of label values beyond the limit. */
const OTHER = 'other'

/** Separates label values in a key. Values cannot contain it: control characters are removed from them. */
const SEPARATOR = '\u001f'

const MISSING = '\u001e'

const CONTROL = /\p{Cc}/u
const CONTROLS = /\p{Cc}/gu

export type Labels = Readonly<Record<string, string>>

/**
 * The series of one metric by key: the label values in declared order, joined by U+001F. Bounded by {@link
 * METRIC_LIMITS}: label values and series beyond are folded into `other`, and counted.
 */
export class MetricSeries {
  /** How often a recording was folded into `other`. */
  folded = 0
  /** How many numbers a series is made of. */
  readonly width: number
  readonly #labels: readonly string[]
  readonly #series = new Map<string, number[]>()
  /** By label: the values that are not folded. */
  readonly #values: Set<string>[]

  /** @param width the number of values in a series; all are 0 at first */
  constructor(labels: readonly string[], width: number) {
    this.width = width
    this.#labels = labels
    this.#values = labels.map(() => new Set())
  }

  /** The values of a series. @throws TypeError if labels are missing or unknown */
  of(labels: Labels = {}): number[] {
    const found = this.#series.get(this.#keyOf(labels))
    if (found) return found
    const given = Object.keys(labels)
    if (given.length !== this.#labels.length || given.some(label => !this.#labels.includes(label)))
      throw new TypeError(`expected the labels ${listed(this.#labels)}, got ${listed(given)}`)
    return this.#admit(this.#labels.map(label => clean(labels[label])))
  }

  /** The values of the series with a key from `entries` of another table. */
  at(key: string): number[] {
    return this.#series.get(key) ?? this.#admit(this.valuesOf(key))
  }

  /** The values of a series, if it exists. */
  peek(labels: Labels): readonly number[] | undefined {
    return this.#series.get(this.#keyOf(labels))
  }

  /** Whether a key has a value for each label. */
  fits(key: unknown): key is string {
    if (typeof key !== 'string') return false
    return this.#labels.length === 0 ? key === '' : key.split(SEPARATOR).length === this.#labels.length
  }

  valuesOf(key: string): string[] {
    return this.#labels.length === 0 ? [] : key.split(SEPARATOR)
  }

  entries(): IterableIterator<[key: string, numbers: number[]]> {
    return this.#series.entries()
  }

  #keyOf(labels: Labels): string {
    // No series has the key MISSING, so that missing and undeclared labels are detected.
    if (this.#labels.length === 0) return Object.keys(labels).length === 0 ? '' : MISSING
    return this.#labels
      .map(label => (labels[label] === undefined ? MISSING : clean(labels[label])))
      .join(SEPARATOR)
  }

  #admit(values: readonly string[]): number[] {
    let admitted = values.map((value, i) => (this.#hasPlace(i, value) ? value : OTHER))
    if (!this.#series.has(admitted.join(SEPARATOR)) && this.#series.size >= METRIC_LIMITS.series)
      admitted = admitted.map(() => OTHER)
    const key = admitted.join(SEPARATOR)
    if (key !== values.join(SEPARATOR)) this.folded++
    return this.#series.get(key) ?? this.#make(key, admitted)
  }

  #hasPlace(label: number, value: string): boolean {
    const values = this.#values[label] as Set<string>
    return values.has(value) || values.size < METRIC_LIMITS.labelValues
  }

  /** A value counts towards the limit only with its series, so that a copy of the series has the same values. */
  #make(key: string, values: readonly string[]): number[] {
    const numbers = new Array<number>(this.width).fill(0)
    this.#series.set(key, numbers)
    for (const [label, value] of values.entries())
      if (this.#hasPlace(label, value)) this.#values[label]?.add(value)
    return numbers
  }
}

const listed = (labels: readonly string[]) => (labels.length === 0 ? 'none' : labels.join(', '))

/** A label value: text of bounded length, valid Unicode, without control characters. */
function clean(value: unknown): string {
  const text = String(value)
  const cut = text.length > METRIC_LIMITS.valueLength ? text.slice(0, METRIC_LIMITS.valueLength) : text
  const printable = CONTROL.test(cut) ? cut.replace(CONTROLS, ' ') : cut
  return printable.isWellFormed() ? printable : printable.toWellFormed()
}
