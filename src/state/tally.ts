import { METRICS } from '../catalogue/metrics.ts'
import { CounterTable } from './counters.ts'
import { ensure } from './ensure.ts'
import { type EncodedHistograms, HistogramTable } from './histograms.ts'
import { type EncodedTerms, TermPanes } from './terms.ts'
import { type EncodedPanes, WindowPanes, type WindowShape } from './windows.ts'

type NamesOf<Type extends string> = {
  [Name in keyof typeof METRICS]: (typeof METRICS)[Name]['type'] extends Type ? Name : never
}[keyof typeof METRICS]

export type CounterName = NamesOf<'counter'>
export type HistogramName = NamesOf<'histogram'>

/** What a tally keeps beside counters and histograms: the windows and the extractors of a configuration. */
export interface TallyShape {
  readonly windows: readonly WindowShape[]
  /** Panes of terms are `grain` milliseconds long in a delta: what all of the extractor's windows can be made of. */
  readonly extractors: readonly { readonly name: string; readonly grain: number }[]
  /** Terms kept per pane and topic (`limits.terms`). */
  readonly terms: number
}

export interface EncodedTally {
  counters: [CounterName, [string, number][]][]
  histograms: [HistogramName, EncodedHistograms][]
  windows: [label: string, EncodedPanes][]
  terms: [extractor: string, EncodedTerms[]][]
}

/** All that the exporter knows of the posts it has counted. Merging two tallies is as if one had counted both. */
export class Tally {
  readonly shape: TallyShape
  readonly #counters = new Map<CounterName, CounterTable>()
  readonly #histograms = new Map<HistogramName, HistogramTable>()
  /** Windows by label. */
  readonly windows: Map<string, WindowPanes>
  /** Terms by extractor. */
  readonly terms: Map<string, TermPanes>

  constructor(shape: TallyShape) {
    this.shape = shape
    this.windows = new Map(shape.windows.map(window => [window.label, new WindowPanes(window)]))
    this.terms = new Map(shape.extractors.map(({ name, grain }) => [name, new TermPanes(grain, shape.terms)]))
  }

  counter(name: CounterName): CounterTable {
    return ensure(this.#counters, name, () => new CounterTable())
  }

  histogram(name: HistogramName): HistogramTable {
    return ensure(this.#histograms, name, () => new HistogramTable(METRICS[name].buckets))
  }

  /** How many panes are open, over all windows and extractors: what a delta grows by. */
  get panes(): number {
    let panes = 0
    for (const window of this.windows.values()) panes += window.size
    for (const terms of this.terms.values()) panes += terms.size
    return panes
  }

  merge(other: Tally): void {
    for (const [name, table] of other.#counters) this.counter(name).merge(table)
    for (const [name, table] of other.#histograms) this.histogram(name).merge(table)
    for (const [label, panes] of other.windows) this.windows.get(label)?.merge(panes)
    for (const [extractor, panes] of other.terms) this.terms.get(extractor)?.merge(panes)
  }

  /** Empties it; cells of counters and histograms stay valid. */
  reset(): void {
    for (const table of this.#counters.values()) table.reset()
    for (const table of this.#histograms.values()) table.reset()
    for (const panes of this.windows.values()) panes.reset()
    for (const panes of this.terms.values()) panes.reset()
  }

  encode(): EncodedTally {
    return {
      counters: [...this.#counters].map(([name, table]) => [name, table.encode()]),
      histograms: [...this.#histograms].map(([name, table]) => [name, table.encode()]),
      windows: [...this.windows].map(([label, panes]) => [label, panes.encode()]),
      terms: [...this.terms].map(([extractor, panes]) => [extractor, panes.encode()]),
    }
  }

  /** A tally of this shape from its encoding; windows and extractors that the shape lacks are left out. */
  static decode(shape: TallyShape, encoded: EncodedTally): Tally {
    const tally = new Tally(shape)
    for (const [name, table] of encoded.counters) tally.#counters.set(name, CounterTable.decode(table))
    for (const [name, table] of encoded.histograms)
      tally.#histograms.set(name, HistogramTable.decode(METRICS[name].buckets, table))
    for (const [label, panes] of encoded.windows) {
      const known = tally.windows.get(label)
      if (known) tally.windows.set(label, WindowPanes.decode(known.shape, panes))
    }
    for (const [extractor, panes] of encoded.terms) {
      const known = tally.terms.get(extractor)
      if (known) tally.terms.set(extractor, TermPanes.decode(known.grain, known.capacity, panes))
    }
    return tally
  }
}
