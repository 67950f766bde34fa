/** The minimum that is kept, in bytes: a power of two, so that returned memory fits again. */
const LEAST = 64 * 1024

/** The maximum that is kept in total, in bytes: two answers of the default `fetch_bytes`. */
const MOST = 8 * 1024 * 1024

/**
 * Reuses the memory of answers. Allocating memory for each answer would trigger V8's garbage collector some ten times
 * a second, since it also counts bytes outside its heap.
 */
export class Memory {
  readonly #kept: Buffer[] = []
  #bytes = 0

  /** Memory of at least this size. Its content is arbitrary. */
  take(bytes: number): Buffer {
    const at = this.#kept.findIndex(({ length }) => length >= bytes)
    if (at < 0) return Buffer.allocUnsafeSlow(Math.max(LEAST, 2 ** Math.ceil(Math.log2(bytes))))
    const [found] = this.#kept.splice(at, 1) as [Buffer]
    this.#bytes -= found.length
    return found
  }

  /** Keeps memory that nothing refers to any more. */
  giveBack(memory: Buffer): void {
    if (this.#bytes + memory.length > MOST) return
    this.#kept.push(memory)
    this.#kept.sort((a, b) => a.length - b.length)
    this.#bytes += memory.length
  }

  /** Frees all kept memory. */
  clear(): void {
    this.#kept.length = 0
    this.#bytes = 0
  }
}
