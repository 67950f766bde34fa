import { labelValues } from '../../catalogue/label-key.ts'
import type { OutputEvent, SentimentCounts, WindowEvent } from '../../plugin/output.ts'
import type { ClosedWindow } from '../../state/event-window.ts'
import { SENTIMENTS } from '../../state/window-slices.ts'
import type { KeptValue } from '../checkpoints/store/messages.ts'
import type { Restored, Store } from '../checkpoints/store/store.ts'
import type { OutputSpec } from './output-spec.ts'
import type { StoredEvent } from './outputs.ts'

/** How often to retry if the store cannot take events, in milliseconds. */
const RETRY_MS = 1000

/**
 * Events for the outputs: closed windows and others. With a store, events are in it before an output receives them
 * and until they are delivered or given up, so that a restart loses none.
 */
export class Outbox {
  readonly #store: Store | null
  readonly #deliver: (events: StoredEvent[]) => void
  /** Events waiting to be stored, in order: the windows that closed with a record or after it. */
  readonly #waiting: { record: number; events: { output: string; event: WindowEvent }[] }[] = []
  #nextId = 1
  #isStoring = false
  #closed = false

  /** @param deliver passes stored events to the outputs */
  constructor(store: Store | null, deliver: (events: StoredEvent[]) => void) {
    this.#store = store
    this.#deliver = deliver
  }

  /** Undelivered events of an earlier run. */
  static pending(restored: Pick<Restored, 'outbox'> | null): StoredEvent[] {
    return (restored?.outbox ?? []).map(({ id, output, event }) => ({
      id,
      event: event as OutputEvent,
      to: [output],
    }))
  }

  /**
   * Adds closed windows.
   * @param record the last merged record
   * @param outputs those that take windows
   */
  publish(record: number, closed: readonly ClosedWindow[], outputs: readonly OutputSpec[]): void {
    const events = closed.flatMap(window => {
      const event = windowEvent(window)
      return outputs
        .filter(({ windows }) => windows === null || windows.includes(window.label))
        .map(({ name }) => ({ output: name, event }))
    })
    if (!this.#store) {
      if (events.length > 0)
        this.#deliver(events.map(({ output, event }) => ({ id: this.#nextId++, event, to: [output] })))
      return
    }
    this.#waiting.push({ record, events })
    void this.#storeAll(this.#store)
  }

  /**
   * Adds an event that belongs to no epoch. Resolves once it is stored, together with a value that records it. If the
   * store fails, it is retried without limit.
   *
   * @param mark a value that is stored in the same transaction
   */
  enqueue(event: OutputEvent, outputs: readonly string[], mark: KeptValue | null): Promise<void> {
    return this.enqueueEach(
      outputs.map(output => ({ output, event })),
      mark,
    )
  }

  /** The same for several events, each for one output. */
  async enqueueEach(
    events: readonly { output: string; event: OutputEvent }[],
    mark: KeptValue | null = null,
  ): Promise<void> {
    while (!this.#closed) {
      try {
        const stored = this.#store
          ? await this.#store.enqueue([...events], mark)
          : events.map(each => ({ id: this.#nextId++, ...each }))
        return this.#deliver(
          stored.map(({ id, output, event }) => ({ id, event: event as OutputEvent, to: [output] })),
        )
      } catch {
        // Commits fail as well then, which is logged and counted there.
        await new Promise(resolve => setTimeout(resolve, RETRY_MS).unref())
      }
    }
  }

  /** Events were delivered or given up. */
  acknowledge(output: string, ids: readonly number[]): void {
    this.#store?.acknowledge(output, ids)
  }

  close(): void {
    this.#closed = true
  }

  async #storeAll(store: Store): Promise<void> {
    if (this.#isStoring) return
    this.#isStoring = true
    for (let [next] = this.#waiting; next && !this.#closed; [next] = this.#waiting) {
      try {
        const stored = await store.publish(next.record, next.events)
        this.#waiting.shift()
        this.#deliver(
          stored.map(({ id, output, event }) => ({ id, event: event as WindowEvent, to: [output] })),
        )
      } catch {
        // Commits fail as well then, which is logged and counted there.
        await new Promise(resolve => setTimeout(resolve, RETRY_MS).unref())
      }
    }
    this.#isStoring = false
  }
}

/** A closed window as an event. Its key stays the same when the window closes again, for example after a restart. */
function windowEvent({ label, start, end, moods }: ClosedWindow): WindowEvent {
  return {
    kind: 'window',
    key: `window/${label}/${end}`,
    window: label,
    start,
    end,
    rows: Array.from(moods, ([key, mood]) => {
      const [topic, scorer] = labelValues(key) as [string, string]
      const posts = Object.fromEntries(
        SENTIMENTS.map((sentiment, i) => [sentiment, mood.posts[i as 0]]),
      ) as unknown as SentimentCounts
      return { topic, scorer, posts, score: mood.mean }
    }),
  }
}
