/** When every count is compared: after a time, or after a number of faults, since the last comparison. */
export class CheckSchedule {
  readonly #ms: number
  readonly #mostFaults: number
  #checkedAt = performance.now()
  #faults = 0

  /** @param ms the longest between two checks, in milliseconds */
  constructor(ms: number, mostFaults: number) {
    this.#ms = ms
    this.#mostFaults = mostFaults
  }

  /** Notes a fault. Returns whether a check is due. */
  fault(): boolean {
    this.#faults++
    return performance.now() - this.#checkedAt > this.#ms || this.#faults >= this.#mostFaults
  }

  /** Every count was compared: the time and the faults count from now. */
  checked(): void {
    this.#checkedAt = performance.now()
    this.#faults = 0
  }
}
