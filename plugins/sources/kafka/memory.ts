/** The least that is kept for the next answer, in bytes: as a power of two, so that what is given back fits again. */
const LEAST = 64 * 1024

/** The most that is kept in all, in bytes: two answers of the usual `fetch_bytes`. */
const MOST = 8 * 1024 * 1024

/**
 * Memory of answers that is used again. What is allocated for each answer would have V8 look for garbage in all of the thread
 * some ten times a second: it goes by the bytes outside of its heap, too.
 */
export class Memory {
  readonly #kept: Buffer[] = []
  #bytes = 0

  /** Memory of so many bytes, or more. It holds what it held before. */
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

  /** Lets go of all that is kept. */
  clear(): void {
    this.#kept.length = 0
    this.#bytes = 0
  }
}
