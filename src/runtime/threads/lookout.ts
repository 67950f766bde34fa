/** How often a lookout looks where nothing happens, in milliseconds. */
export const SELDOM_MS = 1000

/**
 * Looks again and again: often while there is something to see, and once a second while there is not, so that an exporter
 * that has nothing to do sleeps.
 */
export class Lookout {
  readonly #look: () => boolean
  readonly #oftenMs: number
  #timer: NodeJS.Timeout
  #isSeldom = false
  #isStopped = false

  /**
   * @param look returns whether it should look again soon
   * @param oftenMs how soon, in milliseconds
   */
  constructor(look: () => boolean, oftenMs: number) {
    this.#look = look
    this.#oftenMs = oftenMs
    this.#timer = setTimeout(() => this.#turn(), oftenMs)
  }

  /** Something has begun: it looks soon. */
  wake(): void {
    if (!this.#isSeldom || this.#isStopped) return
    this.#isSeldom = false
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#turn(), this.#oftenMs)
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #turn(): void {
    const isSeldom = !this.#look()
    if (this.#isStopped) return
    this.#isSeldom = isSeldom
    this.#timer = setTimeout(
      () => this.#turn(),
      isSeldom ? Math.max(SELDOM_MS, this.#oftenMs) : this.#oftenMs,
    )
  }
}
