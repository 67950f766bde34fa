const FREE = 0

/** Numbers features in the order in which they are first seen: a growing hash table. */
export class Dictionary {
  size = 0
  /** The hash of each feature, by its number. */
  hashes = new Int32Array(1 << 16)
  /** For each place of the table, the number of its feature plus one, or FREE. */
  #table = new Int32Array(1 << 17)

  /** The number of a feature; a new feature gets the next number. */
  add(hash: number): number {
    const place = this.#placeOf(hash)
    const known = this.#table[place] as number
    if (known !== FREE) return known - 1
    if (this.size === this.hashes.length) {
      this.#grow()
      return this.add(hash)
    }
    this.hashes[this.size] = hash
    this.#table[place] = ++this.size
    return this.size - 1
  }

  /** The number of a feature, or -1. */
  find(hash: number): number {
    return (this.#table[this.#placeOf(hash)] as number) - 1
  }

  /** The place of a feature, or the free place for it. */
  #placeOf(hash: number): number {
    const table = this.#table
    const mask = table.length - 1
    let place = (hash ^ (hash >>> 15)) & mask
    for (let number = table[place] as number; number !== FREE; number = table[place] as number) {
      if (this.hashes[number - 1] === hash) break
      place = (place + 1) & mask
    }
    return place
  }

  /** The table is never more than half full. */
  #grow(): void {
    const hashes = new Int32Array(this.hashes.length * 2)
    hashes.set(this.hashes)
    this.hashes = hashes
    this.#table = new Int32Array(hashes.length * 2)
    for (let number = 0; number < this.size; number++)
      this.#table[this.#placeOf(hashes[number] as number)] = number + 1
  }
}
