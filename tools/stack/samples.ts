/** Samples of a scrape: series as `name{label="value",…}`, labels as written. */
export class Samples {
  readonly #series: { name: string; labels: Record<string, string>; value: number }[]

  constructor(series: { name: string; labels: Record<string, string>; value: number }[]) {
    this.#series = series
  }

  /** Every series, in the order of the scrape. */
  every() {
    return this.#series
  }

  /** Series of that name whose labels include these. */
  all(name: string, labels: Record<string, string> = {}) {
    return this.#series.filter(
      series =>
        series.name === name && Object.entries(labels).every(([key, value]) => series.labels[key] === value),
    )
  }

  /** The sum of those series' values; 0 if there are none. */
  sum(name: string, labels: Record<string, string> = {}): number {
    return this.all(name, labels).reduce((total, { value }) => total + value, 0)
  }
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g
const ESCAPES: Record<string, string> = { n: '\n', '"': '"', '\\': '\\' }

/** Parses the part of the Prometheus text format that the exporter writes. */
export function parseSamples(text: string): Samples {
  const series = text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => {
      const [, name, labels = '', value] = LINE.exec(line) ?? fail(line)
      const pairs = [...labels.matchAll(LABEL)].map(([, key, escaped]) => [
        key,
        (escaped as string).replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char),
      ])
      return { name: name as string, labels: Object.fromEntries(pairs), value: Number(value) }
    })
  return new Samples(series)
}

function fail(line: string): never {
  throw new Error(`not a sample: ${line}`)
}
