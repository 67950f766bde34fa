import { sleep } from './abort.ts'

/** Spaces messages in time, for a service that limits their rate. Calls must not overlap. */
export class Pacer {
  readonly #ms: number
  #next = Number.NEGATIVE_INFINITY

  /** @param ms milliseconds from one message to the next */
  constructor(ms: number) {
    this.#ms = ms
  }

  /** Waits until a message may be sent. @throws the signal's reason when it is aborted */
  async turn(signal: AbortSignal): Promise<void> {
    const wait = this.#next - performance.now()
    if (wait > 0) await sleep(wait, signal)
    signal.throwIfAborted()
    this.#next = performance.now() + this.#ms
  }
}
