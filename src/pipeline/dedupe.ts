/** A bucket is one cache line of the processor: 16 slots of 4 bytes. */
const SLOTS = 16
const BUCKET_BYTES = SLOTS * Int32Array.BYTES_PER_ELEMENT

/**
 * Slots for each post of the window. Ids are not spread evenly over buckets: with twice the room, all but about 1 in
 * 200 of the last `posts` ids are still there.
 */
const SPARE = 2

/**
 * The lowest bit of a slot says in which lap over its bucket it was written; the others are the fingerprint of the
 * id, 0 for none.
 */
const LAP = 1

/**
 * Ids of posts already seen, over a bounded window, in memory that worker threads share. The hash of an id selects a
 * bucket, and 31 further bits of it are stored there. The slots of a bucket are written in turn, so that the oldest
 * ids are overwritten.
 *
 * A new id is mistaken for a known one with a probability of at most 16 / 2³¹ (7.5 in a thousand million). Memory: 8
 * bytes for each post of the window.
 */
export class SeenIds {
  readonly #slots: Int32Array
  readonly #buckets: number
  /** Pairs of slot and value that were written since `takeLog`. */
  #log: number[] = []

  /** @param posts how many ids to remember, approximately; nearly always at least that many */
  static allocate(posts: number): SharedArrayBuffer {
    return new SharedArrayBuffer(Math.max(1, Math.ceil((posts * SPARE) / SLOTS)) * BUCKET_BYTES)
  }

  /** @param memory from `allocate`, the same in every thread */
  constructor(memory: SharedArrayBuffer) {
    this.#slots = new Int32Array(memory)
    this.#buckets = memory.byteLength / BUCKET_BYTES
  }

  /**
   * Returns true if the id was absent, and adds it. If several threads add an id at the same time, one gets true. No
   * thread waits for another, so a thread that is ended halfway blocks none.
   *
   * @param source separates equal ids of different sources
   */
  add(source: number, id: string): boolean {
    return this.#addTo(this.#bucketOf(source, id), fingerprintOf(source, id))
  }

  /** Logs an id again that another thread added, but whose log was lost with that thread. */
  logAgain(source: number, id: string): void {
    const start = this.#bucketOf(source, id)
    const fingerprint = fingerprintOf(source, id)
    for (let at = start; at < start + SLOTS; at++) {
      const slot = Atomics.load(this.#slots, at)
      if ((slot & ~LAP) === fingerprint) this.#log.push(at, slot)
    }
  }

  /** The slots that were written since the last call, in order: pairs of slot and value. Null if there were none. */
  takeLog(): Int32Array<ArrayBuffer> | null {
    if (this.#log.length === 0) return null
    const log = Int32Array.from(this.#log)
    this.#log = []
    return log
  }

  #bucketOf(source: number, id: string): number {
    return Math.floor((hash(id, source, 0x239b961b, 0xab0e9789) / 2 ** 32) * this.#buckets) * SLOTS
  }

  /**
   * Slots are written from first to last with one lap bit, then again with the other. So the next slot to write, the
   * oldest, is the first whose bit differs from the first slot's, or the first slot at the end of a lap. Threads that
   * see the same slots choose the same one: of two, one fails in the atomic exchange, and looks again.
   */
  #addTo(start: number, fingerprint: number): boolean {
    const slots = this.#slots
    for (;;) {
      const first = Atomics.load(slots, start)
      if ((first & ~LAP) === fingerprint) return false
      let oldest = start
      let value = first
      for (let at = start + 1; at < start + SLOTS; at++) {
        const slot = Atomics.load(slots, at)
        if ((slot & ~LAP) === fingerprint) return false
        if (oldest === start && ((slot ^ first) & LAP) !== 0) {
          oldest = at
          value = slot
        }
      }
      // The slots were read one after the other: if a lap began meanwhile, the newest slot would look like the
      // oldest.
      if (Atomics.load(slots, start) !== first) continue
      const next = fingerprint | (~value & LAP)
      if (Atomics.compareExchange(slots, oldest, value, next) !== value) continue
      this.#log.push(oldest, next)
      return true
    }
  }
}

const fingerprintOf = (source: number, id: string): number =>
  hash(id, source, 0x38b34ae5, 0xa1e38b93) & ~LAP || LAP << 1

/**
 * MurmurHash3_x86_32 (Austin Appleby, public domain) over the UTF-16 units of a text, two per block, with the given
 * block multipliers: two hashes of one text are independent if these differ. Range: 0 to 2³² - 1.
 */
function hash(text: string, seed: number, c1: number, c2: number): number {
  let h = seed
  for (let i = 0; i < text.length; i += 2) {
    const second = i + 1 < text.length ? text.charCodeAt(i + 1) : 0
    let block = Math.imul(text.charCodeAt(i) | (second << 16), c1)
    block = Math.imul((block << 15) | (block >>> 17), c2)
    h ^= block
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  h ^= text.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
