interface Entry<T> {
  size: number
  /** The order of arrival: of items of equal size the first is kept. */
  order: number
  item: T
}

/** The items of the largest sizes, however many are offered: a heap whose root is the least of those kept. */
export class Largest<T> {
  readonly #capacity: number
  readonly #heap: Entry<T>[] = []
  #offered = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** @param make creates the item; called only for items that are kept */
  offer(size: number, make: () => T): void {
    const order = this.#offered++
    if (this.#heap.length < this.#capacity) {
      this.#heap.push({ size, order, item: make() })
      this.#up(this.#heap.length - 1)
      return
    }
    const root = this.#heap[0]
    if (!root || size <= root.size) return
    this.#heap[0] = { size, order, item: make() }
    this.#down(0)
  }

  /** The kept items, the largest first. */
  items(): T[] {
    return [...this.#heap].sort((a, b) => (isLess(a, b) ? 1 : -1)).map(({ item }) => item)
  }

  #up(index: number): void {
    const parent = (index - 1) >> 1
    if (index === 0 || !this.#isLess(index, parent)) return
    this.#swap(index, parent)
    this.#up(parent)
  }

  #down(index: number): void {
    let least = index
    for (const child of [2 * index + 1, 2 * index + 2])
      if (child < this.#heap.length && this.#isLess(child, least)) least = child
    if (least === index) return
    this.#swap(index, least)
    this.#down(least)
  }

  #isLess(a: number, b: number): boolean {
    return isLess(this.#heap[a] as Entry<T>, this.#heap[b] as Entry<T>)
  }

  #swap(a: number, b: number): void {
    const entry = this.#heap[a] as Entry<T>
    this.#heap[a] = this.#heap[b] as Entry<T>
    this.#heap[b] = entry
  }
}

const isLess = (a: Entry<unknown>, b: Entry<unknown>) =>
  a.size < b.size || (a.size === b.size && a.order > b.order)
