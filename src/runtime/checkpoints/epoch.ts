import { labelKey } from '../../catalogue/label-key.ts'
import type { Position } from '../../plugin/source.ts'
import type { StateShape } from '../../state/shape.ts'
import { type EncodedState, State } from '../../state/state.ts'
import type { BatchGroup, TrackedBatch } from '../batch.ts'
import type { Delta } from '../threads/messages.ts'

/** An epoch that is not committed: its batches, and their counts so far. */
export class Epoch {
  /** Counts the epochs of this run; `delta.epoch` refers to it. Not the number of its record. */
  readonly number: number
  /** By source: the batches of this epoch. */
  readonly batches = new Map<string, TrackedBatch[]>()
  readonly #shape: StateShape
  readonly #positions = new Map<string, Map<string, Position>>()
  readonly #deltas: EncodedState[] = []
  readonly #ids: Int32Array[] = []
  /** The counts of abandoned batches. */
  #abandoned: State | null = null
  /** The number of its batches. */
  size = 0
  /** The number of batches that are not in a delta yet. */
  #pending = 0
  #isCut = false

  /** @param shape of a delta */
  constructor(number: number, shape: StateShape) {
    this.number = number
    this.#shape = shape
  }

  /** Whether there is nothing to commit. */
  get isEmpty(): boolean {
    return this.batches.size === 0
  }

  /** Whether it was cut and all of its batches are counted. */
  get isComplete(): boolean {
    return this.#isCut && this.#pending === 0
  }

  get isCut(): boolean {
    return this.#isCut
  }

  /** Adds all batches of a group. */
  add({ batches }: BatchGroup): void {
    for (const batch of batches) {
      const known = this.batches.get(batch.source)
      if (known) known.push(batch)
      else this.batches.set(batch.source, [batch])
    }
    this.size += batches.length
    this.#pending += batches.length
  }

  /** Removes a group of which nothing is counted yet. */
  remove({ batches }: BatchGroup): void {
    for (const batch of batches) {
      const known = this.batches.get(batch.source)
      known?.splice(known.indexOf(batch), 1)
      if (known?.length === 0) this.batches.delete(batch.source)
    }
    this.size -= batches.length
    this.#pending -= batches.length
  }

  /** Sets a partition's position; undefined keeps that of the previous epoch. */
  move(source: string, partition: string, position: Position | undefined): void {
    const known = this.#positions.get(source)
    if (position === undefined) known?.delete(partition)
    else if (known) known.set(partition, position)
    else this.#positions.set(source, new Map([[partition, position]]))
  }

  /** Adds a delta of whole batches. */
  deliver({ base, terms, ids }: Pick<Delta, 'base' | 'terms' | 'ids'>, batches: number): void {
    this.#deltas.push({ base, terms })
    if (ids) this.#ids.push(ids)
    this.#pending -= batches
  }

  /** Gives a batch up: all of its records count as dropped for that reason. */
  abandon({ source, bytes, records, drops }: TrackedBatch, reason: string): void {
    this.#abandoned ??= new State(this.#shape)
    for (const drop of [{ reason, records, bytes }, ...drops]) {
      this.#abandoned.counter('mood_source_bytes_total').add(source, drop.bytes)
      this.#abandoned.counter('mood_source_records_total').add(source, drop.records)
      this.#abandoned.counter('mood_posts_dropped_total').add(labelKey(source, drop.reason), drop.records)
    }
    this.#pending--
  }

  /** Closes it: no batch is added any more. */
  cut(): void {
    this.#isCut = true
  }

  /** The end position of each partition that moved, by source. */
  get positions(): ReadonlyMap<string, ReadonlyMap<string, Position>> {
    return this.#positions
  }

  /** Its counts. */
  get deltas(): EncodedState[] {
    return this.#abandoned ? [...this.#deltas, this.#abandoned.encode()] : this.#deltas
  }

  /** The written slots of the seen ids: pairs of slot and value. */
  get ids(): Int32Array[] {
    return this.#ids
  }
}
