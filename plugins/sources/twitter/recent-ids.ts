/** The most recent ids, up to a maximum number. */
export class RecentIds {
  readonly #most: number
  readonly #ids = new Set<string>()

  constructor(most: number) {
    this.#most = most
  }

  add(id: string): void {
    if (this.#ids.has(id)) return
    const [oldest] = this.#ids.size < this.#most ? [] : this.#ids
    if (oldest !== undefined) this.#ids.delete(oldest)
    this.#ids.add(id)
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }
}
