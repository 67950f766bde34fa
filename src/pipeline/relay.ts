import { sleep } from '../plugin/abort.ts'
import { Backoff } from '../plugin/backoff.ts'
import { DeliveryError } from '../plugin/delivery.ts'
import { messageOf } from '../plugin/message-of.ts'
import type { Output } from '../plugin/output.ts'
import type { Post } from '../plugin/post.ts'

/** Waits between attempts, in milliseconds. */
const WAITS = { initial: 500, max: 15_000 }

/** The part of an output that a relay needs. */
export type Receiver = Required<Pick<Output, 'relay'>>

export interface RelayEvents {
  /** An attempt failed and will be repeated. */
  failed(message: string): void
  /** The receiver permanently rejected this post. */
  rejected(index: number, message: string): void
}

/** Writes posts to a receiver until it has them. Only then is what was read committed. */
export class Relay {
  readonly #receiver: Receiver
  readonly #signal: AbortSignal

  constructor(receiver: Receiver, signal: AbortSignal) {
    this.#receiver = receiver
    this.#signal = signal
  }

  /**
   * Resolves when the receiver has each post or permanently rejected it.
   *
   * @param first the index of the first post, added to the index passed to `rejected`
   */
  async write(posts: readonly Post[], events: RelayEvents, first = 0): Promise<void> {
    if (posts.length === 0) return
    const backoff = new Backoff(WAITS)
    for (;;) {
      try {
        return await this.#receiver.relay(posts)
      } catch (error) {
        if (error instanceof DeliveryError && error.permanent) {
          if (posts.length === 1) return events.rejected(first, error.message)
          const half = posts.length >> 1
          await this.write(posts.slice(0, half), events, first)
          return await this.write(posts.slice(half), events, first + half)
        }
        events.failed(messageOf(error))
        await sleep(backoff.next(), this.#signal)
        // Posts that were not delivered must not be counted: the thread ends here, and they are read again.
        if (this.#signal.aborted) return await new Promise(() => {})
      }
    }
  }
}
