import { MOST, type PooledParts } from '../pooled.ts'
import type { Embeddings } from './embeddings.ts'
import { againstNeutral, NEGATIVE, POSITIVE, rounded } from './pack.ts'
import { type PooledNet, type PooledSettings, trainNet, UNITS, weightOf } from './pooled-net.ts'
import type { Vocabulary } from './vocabulary.ts'

const C = 3

/**
 * Several networks as one: a byte for each word and unit, and the contribution of a step of each unit to the three
 * log odds.
 */
export interface PooledTable {
  readonly units: number
  /** The units of each word, from 0 to {@link MOST}. */
  readonly rows: Uint8Array
  /** Three for each unit, and a bias of three. */
  readonly weights: Float64Array
  readonly bias: Float64Array
}

/**
 * Trains several networks with different random orders, and computes the units of each word. Their mean has a smaller
 * error than each one, and is itself one network with all units.
 */
export function trainPooled(
  vocabulary: Vocabulary,
  embeddings: Embeddings,
  targets: Float32Array,
  rows: Int32Array,
  settings: PooledSettings,
): PooledTable {
  const { nets, share } = settings
  const units = UNITS
  const total = nets * units
  const table = new Uint8Array(vocabulary.words.size * total)
  const weights = new Float64Array(total * C)
  const bias = new Float64Array(C)
  for (let number = 0; number < nets; number++) {
    const net = trainNet(vocabulary, embeddings, targets, rows, settings, number + 1)
    const steps = writeUnits(net, vocabulary.words.size, units, table, total, number * units)
    for (let unit = 0; unit < units; unit++)
      for (let c = 0; c < C; c++)
        weights[(number * units + unit) * C + c] =
          (weightOf(net, unit, c) * (steps[unit] as number) * share) / nets
    for (let c = 0; c < C; c++)
      bias[c] = (bias[c] as number) + ((net.bias.values[c] as number) * share) / nets
  }
  return { units: total, rows: table, weights, bias }
}

/** Writes the units of all words into a table, and returns the step size of each unit. */
function writeUnits(
  net: PooledNet,
  words: number,
  units: number,
  table: Uint8Array,
  stride: number,
  first: number,
): Float64Array {
  const figures = new Float64Array(units)
  const most = new Float64Array(units).fill(1e-9)
  for (let word = 0; word < words; word++) {
    net.unitsOf(word, figures)
    for (let unit = 0; unit < units; unit++)
      most[unit] = Math.max(most[unit] as number, figures[unit] as number)
  }
  // A unit and its mirrored unit have the same step size, so that they can be swapped.
  const steps = most.map((value, unit) => Math.max(value, most[unit ^ (UNITS / 2)] as number) / MOST)
  for (let word = 0; word < words; word++) {
    net.unitsOf(word, figures)
    for (let unit = 0; unit < units; unit++)
      table[word * stride + first + unit] = Math.round(
        Math.max(0, figures[unit] as number) / (steps[unit] as number),
      )
  }
  return steps
}

/** Adds the contribution of a post's units to its three log odds. */
export function addPooled(
  { starts, tokens }: Vocabulary,
  { units, rows, weights, bias }: PooledTable,
  row: number,
  z: Float64Array,
): void {
  const peaks = new Uint8Array(units)
  for (let index = starts[row] as number; index < (starts[row + 1] as number); index++) {
    const word = tokens[index] as number
    const swap = word < 0 ? UNITS / 2 : 0
    const first = (word < 0 ? ~word : word) * units
    for (let unit = 0; unit < units; unit++)
      peaks[unit] = Math.max(peaks[unit] as number, rows[first + (unit ^ swap)] as number)
  }
  for (let c = 0; c < C; c++) {
    let sum = bias[c] as number
    for (let unit = 0; unit < units; unit++)
      sum += (peaks[unit] as number) * (weights[unit * C + c] as number)
    z[c] = (z[c] as number) + sum
  }
}

/** The table of a model file: two classes relative to neutral. */
export function exportPooled({ words }: Vocabulary, { units, rows, weights }: PooledTable): PooledParts {
  return {
    units,
    weights: Array.from({ length: units }, (_, unit) =>
      [NEGATIVE, POSITIVE].map(c => rounded(againstNeutral(weights, unit, c))),
    ).flat(),
    hashes: words.hashes.slice(0, words.size),
    rows,
  }
}
