import { labelKey } from '../../catalogue/label-key.ts'
import type { CounterName } from '../../catalogue/metrics.ts'
import type { Position } from '../../plugin/source.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { StateShape } from '../../state/shape.ts'
import { type EncodedState, State } from '../../state/state.ts'

/**
 * Counts of the main thread itself that belong to no batch: restarts, refused requests, closed partitions. They are
 * part of the next commit, whatever its epoch.
 */
export class OwnCounts {
  readonly #shape: StateShape
  #state: State | null = null
  #dropped: [source: string, partition: string][] = []

  /** @param shape of a delta */
  constructor(shape: StateShape) {
    this.#shape = shape
  }

  get isEmpty(): boolean {
    return this.#state === null && this.#dropped.length === 0
  }

  count(name: CounterName, values: readonly string[], n: number): void {
    this.#of.counter(name).add(labelKey(...values), n)
  }

  /**
   * Records that the exporter ran.
   * @param at Unix milliseconds
   * @param ms its duration in milliseconds
   * @param down sources that were down meanwhile
   */
  ran(at: number, ms: number, down: readonly string[]): void {
    const slice = this.#of.history?.at(at)
    if (!slice) return
    slice.ran += ms
    for (const source of down) slice.down.add(source, ms)
  }

  /** Adds recordings of plugins that do not belong to a batch. */
  record(recorded: EncodedPlugins): void {
    this.#of.plugins.merge(recorded)
  }

  /** Records that a partition (null: all of a source) no longer holds back event time. */
  release(source: string, partition: string | null): void {
    this.#of.release(source, partition)
  }

  /** Removes the position of a partition. */
  dropPosition(source: string, partition: string): void {
    this.#dropped.push([source, partition])
  }

  /** The same counts in another shape. */
  reshaped(shape: StateShape): OwnCounts {
    const next = new OwnCounts(shape)
    if (this.#state) next.#of.merge(this.#state, 0)
    next.#dropped = this.#dropped
    return next
  }

  /** Removes and returns everything. */
  take(): {
    deltas: EncodedState[]
    positions: [source: string, partition: string, position: Position | null][]
  } {
    const deltas = this.#state ? [this.#state.encode()] : []
    const positions = this.#dropped.map(([source, partition]): [string, string, null] => [
      source,
      partition,
      null,
    ])
    this.#state = null
    this.#dropped = []
    return { deltas, positions }
  }

  get #of(): State {
    this.#state ??= new State(this.#shape)
    return this.#state
  }
}
