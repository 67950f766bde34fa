import { labelKey } from '../../catalogue/label-key.ts'
import type { CounterName } from '../../catalogue/metrics.ts'
import type { Position } from '../../plugin/source.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { StateShape } from '../../state/shape.ts'
import { type EncodedState, State } from '../../state/state.ts'

/**
 * What the main thread counts itself, which belongs to no batch: restarts, refused requests, partitions that were closed. It
 * goes with the next commit, whichever epoch that is of.
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
   * Notes that the exporter ran.
   * @param at Unix milliseconds
   * @param ms for how long
   * @param down sources that were down meanwhile
   */
  ran(at: number, ms: number, down: readonly string[]): void {
    const slice = this.#of.history?.at(at)
    if (!slice) return
    slice.ran += ms
    for (const source of down) slice.down.add(source, ms)
  }

  /** Plugins recorded what belongs to no batch. */
  record(recorded: EncodedPlugins): void {
    this.#of.plugins.merge(recorded)
  }

  /** A partition (null: all of a source) holds back event time no longer. */
  release(source: string, partition: string | null): void {
    this.#of.release(source, partition)
  }

  /** Drops the position of a partition. */
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

  /** What there is, which is then gone. */
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
