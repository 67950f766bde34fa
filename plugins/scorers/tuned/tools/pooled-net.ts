import type { Embeddings } from './embeddings.ts'
import { seeded, shuffle } from './random.ts'
import { softmax } from './sgd.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface PooledSettings {
  /** The number of networks to average, each with eight units. */
  readonly nets: number
  /** The number of dimensions of an embedding during training. */
  readonly axes: number
  readonly epochs: number
  /** The initial step sizes of embeddings and of the network; they decrease linearly to 0. */
  readonly rate: number
  readonly netRate: number
  /** The share of words dropped from a post at each step. */
  readonly dropout: number
  /** The weight of the networks relative to the linear part. */
  readonly share: number
}

const C = 3

/** The number of units. Each of the first four has a mirrored unit for the other mood among the last four. */
export const UNITS = 8
const HALF = UNITS / 2

/** The index of a unit's weight for a class; a mirrored unit uses that for the other class. */
const outputOf = (unit: number, c: number) => (unit < HALF ? C * unit + c : C * (unit - HALF) + (C - 1 - c))
/** The initial sums of Adagrad: a larger value means smaller first steps. */
const ADAGRAD_NET = 1
const ADAGRAD_WORDS = 0.1

/** Parameters with the sums of their squared gradients: Adagrad (Duchi et al., JMLR 2011). */
class Parameters {
  readonly values: Float64Array
  readonly #sums: Float64Array

  constructor(length: number, start: () => number) {
    this.values = Float64Array.from({ length }, start)
    this.#sums = new Float64Array(length).fill(ADAGRAD_NET)
  }

  descend(index: number, gradient: number, rate: number): void {
    const sum = (this.#sums[index] as number) + gradient * gradient
    this.#sums[index] = sum
    this.values[index] = (this.values[index] as number) - (rate * gradient) / Math.sqrt(sum)
  }
}

/**
 * A network in which each unit is a linear function of a word's embedding. For a post, a unit takes the maximum over
 * its words, at least 0. The three log odds are linear in the units. The weights of the last four units mirror those
 * of the first four: negative and positive are swapped. So for a reversed word the two halves are swapped. Embeddings
 * are trained too.
 */
export class PooledNet {
  readonly #units = UNITS
  readonly #axes: number
  readonly #words: Float32Array
  readonly #wordSums: Float32Array
  readonly #kernel: Parameters
  readonly #offsets: Parameters
  readonly output: Parameters
  readonly bias: Parameters
  /** Of the latest post: the maximum of each unit, and the word that it comes from. */
  readonly #peaks: Float64Array
  readonly #from: Int32Array

  constructor(embeddings: Embeddings, random: () => number) {
    const units = UNITS
    const { axes, values, known } = embeddings
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    this.#axes = axes
    this.#words = values.map((value, index) =>
      known[Math.floor(index / axes)] === 0 ? 0.1 * normal() : value,
    )
    this.#wordSums = new Float32Array(known.length).fill(ADAGRAD_WORDS)
    this.#kernel = new Parameters(axes * units, () => normal() / Math.sqrt(axes))
    this.#offsets = new Parameters(units, () => 0)
    this.output = new Parameters(HALF * C, () => 0.1 * normal())
    this.bias = new Parameters(C, () => 0)
    this.#peaks = new Float64Array(units)
    this.#from = new Int32Array(units)
  }

  /** The units of a word before negative values are set to 0. */
  unitsOf(word: number, into: Float64Array): void {
    into.set(this.#offsets.values)
    for (let axis = 0; axis < this.#axes; axis++) {
      const value = this.#words[word * this.#axes + axis] as number
      for (let unit = 0; unit < this.#units; unit++)
        into[unit] =
          (into[unit] as number) + value * (this.#kernel.values[axis * this.#units + unit] as number)
    }
  }

  /** One gradient step on the log loss of a post. `target` adds up to the weight of the post. */
  learn(words: Int32Array, target: Float32Array, z: Float64Array, rate: number, netRate: number): void {
    this.#read(words, z)
    softmax(z)
    let counts = 0
    for (let c = 0; c < C; c++) counts += target[c] as number
    for (let c = 0; c < C; c++) z[c] = counts * (z[c] as number) - (target[c] as number)
    this.#descend(words, z, rate, netRate)
  }

  #read(words: Int32Array, z: Float64Array): void {
    const figures = new Float64Array(this.#units)
    this.#peaks.fill(0)
    this.#from.fill(-1)
    for (const [place, word] of words.entries()) {
      this.unitsOf(word < 0 ? ~word : word, figures)
      for (let unit = 0; unit < this.#units; unit++) {
        const figure = figures[word < 0 ? unit ^ HALF : unit] as number
        if (figure <= (this.#peaks[unit] as number)) continue
        this.#peaks[unit] = figure
        this.#from[unit] = place
      }
    }
    for (let c = 0; c < C; c++) {
      let sum = this.bias.values[c] as number
      for (let unit = 0; unit < this.#units; unit++)
        sum += (this.#peaks[unit] as number) * (this.output.values[outputOf(unit, c)] as number)
      z[c] = sum
    }
  }

  #descend(words: Int32Array, slope: Float64Array, rate: number, netRate: number): void {
    const axes = this.#axes
    const slopes = new Float64Array(words.length * axes)
    for (let unit = 0; unit < this.#units; unit++) {
      const place = this.#from[unit] as number
      if (place < 0) continue
      let ofUnit = 0
      for (let c = 0; c < C; c++) {
        ofUnit += (this.output.values[outputOf(unit, c)] as number) * (slope[c] as number)
        this.output.descend(outputOf(unit, c), (slope[c] as number) * (this.#peaks[unit] as number), netRate)
      }
      const word = words[place] as number
      const own = word < 0 ? unit ^ HALF : unit
      this.#offsets.descend(own, ofUnit, netRate)
      const first = (word < 0 ? ~word : word) * axes
      for (let axis = 0; axis < axes; axis++) {
        const at = axis * this.#units + own
        const figure = place * axes + axis
        slopes[figure] = (slopes[figure] as number) + ofUnit * (this.#kernel.values[at] as number)
        this.#kernel.descend(at, ofUnit * (this.#words[first + axis] as number), netRate)
      }
    }
    for (let c = 0; c < C; c++) this.bias.descend(c, slope[c] as number, netRate)
    for (const [place, word] of words.entries()) {
      const ofWord = slopes.subarray(place * axes, (place + 1) * axes)
      descendRow(this.#words, this.#wordSums, word < 0 ? ~word : word, ofWord, rate)
    }
  }
}

/** Like {@link Parameters.descend} for a whole row with a single sum: the mean square of its gradients. */
function descendRow(
  values: Float32Array,
  sums: Float32Array,
  row: number,
  slopes: Float64Array,
  rate: number,
): void {
  let square = 0
  for (const slope of slopes) square += slope * slope
  if (square === 0) return
  sums[row] = (sums[row] as number) + square / slopes.length
  const step = rate / Math.sqrt(sums[row] as number)
  const first = row * slopes.length
  for (let axis = 0; axis < slopes.length; axis++)
    values[first + axis] = (values[first + axis] as number) - step * (slopes[axis] as number)
}

/** The weight of a unit for a class. */
export const weightOf = (net: PooledNet, unit: number, c: number): number =>
  net.output.values[outputOf(unit, c)] as number

/** Trains one network on some posts. */
export function trainNet(
  { starts, tokens }: Vocabulary,
  embeddings: Embeddings,
  targets: Float32Array,
  rows: Int32Array,
  { epochs, rate, netRate, dropout }: PooledSettings,
  seed: number,
): PooledNet {
  const random = seeded(seed * 7919)
  const net = new PooledNet(embeddings, random)
  const order = rows.slice()
  const steps = epochs * order.length
  const z = new Float64Array(C)
  let done = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    for (const row of order) {
      const left = 1 - done++ / steps
      const words = tokens
        .subarray(starts[row] as number, starts[row + 1] as number)
        .filter(() => random() >= dropout)
      net.learn(words, targets.subarray(row * C, row * C + C), z, rate * left, netRate * left)
    }
  }
  return net
}
