import type { RankingEvent } from '../../plugin/events/ranking.ts'
import type { PluginStore } from '../../plugin/store.ts'
import type { RankingHistory, Snapshot } from '../../state/ranking-history.ts'
import type { RankingsShape } from '../../state/shape.ts'
import type { State } from '../../state/state.ts'
import { RANKINGS } from '../checkpoints/kept.ts'
import type { Outbox } from '../outputs/outbox.ts'
import { firstSeen } from './collectors.ts'

export interface RankingPublisherPorts {
  state: State
  outbox: Pick<Outbox, 'enqueue'>
  /** Values under {@link RANKINGS}: by source, the time of the last published list. */
  store: PluginStore
  /** Names of the outputs that take rankings. */
  outputs(): string[]
}

/**
 * Passes each new list to the outputs, once: its time is stored with the event, in one transaction. Of several lists
 * that arrive together, only the latest is published.
 */
export class RankingPublisher {
  readonly #ports: RankingPublisherPorts
  readonly #published = new Map<string, number>()
  /** Sources whose event is being stored. */
  readonly #busy = new Set<string>()

  constructor(ports: RankingPublisherPorts) {
    this.#ports = ports
  }

  /** Reads the stored times. */
  async open(): Promise<void> {
    const { store } = this.#ports
    for (const source of await store.keys()) {
      const at = await store.get(source)
      if (typeof at === 'number') this.#published.set(source, at)
    }
  }

  /** Removes the times of sources that are no longer configured. */
  async retain(sources: ReadonlySet<string>): Promise<void> {
    for (const source of [...this.#published.keys()])
      if (!sources.has(source)) {
        this.#published.delete(source)
        await this.#ports.store.delete(source)
      }
  }

  /** Publishes new lists. */
  look(): void {
    const { rankings } = this.#ports.state
    if (!rankings || rankings.size === 0) return
    const outputs = this.#ports.outputs()
    if (outputs.length === 0) return
    for (const [source, history] of rankings.entries()) {
      const { latest } = history
      if (!latest || this.#busy.has(source) || this.#published.get(source) === latest.at) continue
      this.#busy.add(source)
      void this.#publish(source, latest, eventOf(source, history, latest, rankings.shape), outputs)
    }
  }

  async #publish(
    source: string,
    { at }: Snapshot,
    event: RankingEvent,
    outputs: readonly string[],
  ): Promise<void> {
    const { outbox, store } = this.#ports
    await outbox.enqueue(event, outputs, { plugin: RANKINGS, key: source, value: JSON.stringify(at) })
    this.#published.set(source, at)
    this.#busy.delete(source)
    // Without a state directory it was not stored with the event. With one, this stores the same value again.
    await store.set(source, at).catch(() => {})
  }
}

function eventOf(
  source: string,
  history: RankingHistory,
  { at, items }: Snapshot,
  shape: RankingsShape,
): RankingEvent {
  const since = firstSeen(history, shape)
  return {
    kind: 'ranking',
    key: `ranking/${source}/${at}`,
    source,
    at,
    items: items
      .slice(0, shape.top)
      .map(({ rank, term, count }) => ({ rank, term, count: count ?? null, since: since.get(term) ?? at })),
    windows: shape.windows.map(({ label }) => {
      const { snapshots, terms } = history.view(label)
      return {
        window: label,
        snapshots,
        terms: terms.slice(0, shape.top).map(({ term, share, meanRank }) => ({ term, share, meanRank })),
      }
    }),
  }
}
