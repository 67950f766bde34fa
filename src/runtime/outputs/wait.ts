/** The longest timer of Node.js, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A wait that can be ended from elsewhere. */
export class Wait {
  #end: (() => void) | null = null

  /** Resolves after this number of milliseconds, or at the next `end`; with `Infinity` only then. */
  async for(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#end = resolve
    const timer =
      ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS))
    await promise
    clearTimeout(timer)
  }

  end(): void {
    this.#end?.()
  }
}
