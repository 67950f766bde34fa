import { labelValues } from '../../catalogue/label-key.ts'
import type { OutputEvent, SentimentCounts, WindowEvent } from '../../plugin/output.ts'
import type { ClosedWindow } from '../../state/event-window.ts'
import { SENTIMENTS } from '../../state/window-slices.ts'
import type { KeptValue } from '../checkpoints/store/messages.ts'
import type { Restored, Store } from '../checkpoints/store/store.ts'
import type { OutputSpec } from './output-spec.ts'
import type { StoredEvent } from './outputs.ts'

/** How often to try again where the store cannot take events, in milliseconds. */
const RETRY_MS = 1000

/**
 * Events on their way to the outputs: windows that closed, and others. With a store they are in it before an output sees them, and until
 * the output is done with them, so that a restart loses none.
 */
export class Outbox {
  readonly #store: Store | null
  readonly #deliver: (events: StoredEvent[]) => void
  /** What waits to be stored, in order: the windows that closed with a record or after it. */
  readonly #waiting: { record: number; events: { output: string; event: WindowEvent }[] }[] = []
  #nextId = 1
  #isStoring = false
  #closed = false

  /** @param deliver hands stored events to the outputs */
  constructor(store: Store | null, deliver: (events: StoredEvent[]) => void) {
    this.#store = store
    this.#deliver = deliver
  }

  /** Events of an earlier run that outputs were not done with. */
  static pending(restored: Pick<Restored, 'outbox'> | null): StoredEvent[] {
    return (restored?.outbox ?? []).map(({ id, output, event }) => ({
      id,
      event: event as OutputEvent,
      to: [output],
    }))
  }

  /**
   * Takes windows that closed.
   * @param record the last record that is merged
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
   * Takes an event that belongs to no epoch. Resolves once it is stored, together with the value that says so; where the
   * store cannot take it, tries again until it can.
   *
   * @param mark what is kept in the same transaction
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

  /** An output is done with events. */
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

/** A closed window as outputs take it. Its key is the same whenever the window closes again, as after a restart. */
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
