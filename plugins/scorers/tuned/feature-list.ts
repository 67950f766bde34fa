/** Hashes of one part of a text's features and, where it is asked for, where in the normalised text each stands. */
export class FeatureList {
  readonly hashes: Int32Array
  readonly from: Uint16Array
  readonly to: Uint16Array
  count = 0
  /** Whether `from` and `to` are written: explanations need them, scores do not. */
  placed = false
  /** What the weights of this part are multiplied by, besides being divided by the root of how many there are. */
  readonly scale: number

  constructor(scale: number, capacity: number) {
    this.scale = scale
    this.hashes = new Int32Array(capacity)
    this.from = new Uint16Array(capacity)
    this.to = new Uint16Array(capacity)
  }

  add(feature: number, from: number, to: number): void {
    const at = this.count++
    this.hashes[at] = feature
    if (!this.placed) return
    this.from[at] = from
    this.to[at] = to
  }
}
