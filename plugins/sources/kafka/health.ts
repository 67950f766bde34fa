import type { Emitter } from 'mood-exporter/plugin'

/**
 * The current problems of the source, by kind. It is up while there are none, and reports only changes to the
 * emitter.
 */
export class Health {
  readonly #emitter: Emitter
  readonly #problems = new Map<string, string>()
  #shown: string | null | undefined

  /** @param waitingFor what must be fine before the source is up for the first time */
  constructor(emitter: Emitter, waitingFor: readonly string[]) {
    this.#emitter = emitter
    for (const what of waitingFor) this.#problems.set(what, '')
  }

  failed(what: string, reason: string): void {
    this.#problems.set(what, reason)
    this.#show()
  }

  fine(what: string): void {
    if (this.#problems.delete(what)) this.#show()
  }

  #show(): void {
    const reasons = [...this.#problems.values()]
    const shown = reasons.length === 0 ? null : (reasons.find(reason => reason !== '') ?? '')
    if (shown === this.#shown) return
    this.#shown = shown
    if (shown === null) this.#emitter.up()
    // Waiting for the first time is not a failure.
    else if (shown !== '') this.#emitter.down(shown)
  }
}
