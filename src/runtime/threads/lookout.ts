/** How often an idle lookout checks, in milliseconds. */
export const SELDOM_MS = 1000

/**
 * Calls a function repeatedly: often while there is work, and once a second otherwise, so that an idle exporter
 * sleeps.
 */
export class Lookout {
  readonly #look: () => boolean
  readonly #oftenMs: number
  #timer: NodeJS.Timeout
  #isSeldom = false
  #isStopped = false

  /**
   * @param look returns whether it should be called again soon
   * @param oftenMs the short interval, in milliseconds
   */
  constructor(look: () => boolean, oftenMs: number) {
    this.#look = look
    this.#oftenMs = oftenMs
    this.#timer = setTimeout(() => this.#turn(), oftenMs)
  }

  /** Work has begun: calls soon. */
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
