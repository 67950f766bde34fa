import { sleep } from 'mood-exporter/plugin'

/** Spaces messages out, since a channel limits their rate. */
export class Pacer {
  readonly #ms: number
  #next = Number.NEGATIVE_INFINITY

  /** @param ms milliseconds from one message to the next */
  constructor(ms: number) {
    this.#ms = ms
  }

  /** Waits for the turn of a message. @throws the signal's reason once it is aborted */
  async turn(signal: AbortSignal): Promise<void> {
    const wait = this.#next - performance.now()
    if (wait > 0) await sleep(wait, signal)
    signal.throwIfAborted()
    this.#next = performance.now() + this.#ms
  }
}
