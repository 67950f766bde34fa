import { labelKey } from '../catalogue/label-key.ts'
import type { Ranking } from '../plugin/ranking.ts'
import type { CounterCell } from '../state/counters.ts'
import type { Rankings } from '../state/rankings.ts'
import type { State } from '../state/state.ts'
import type { ConfiguredTopics } from './configured-topics.ts'
import type { WorkerConfig } from './worker-config.ts'

/** Counts the rankings of one source into a delta. */
export class RankingCounter {
  readonly #source: string
  readonly #rankings: Rankings
  readonly #topics: ConfiguredTopics
  readonly #future: number
  readonly #repeated: CounterCell
  readonly #ahead: CounterCell

  constructor(source: string, workerConfig: WorkerConfig, state: State, topics: ConfiguredTopics) {
    if (!state.rankings) throw new Error('the state keeps no rankings')
    this.#source = source
    this.#rankings = state.rankings
    this.#topics = topics
    this.#future = workerConfig.future
    this.#repeated = state.counter('mood_ranking_snapshots_total').cell(labelKey(source, 'repeated'))
    this.#ahead = state.counter('mood_future_posts_total').cell(source)
  }

  /** @param receivedAt when its record arrived; Unix milliseconds */
  count({ at, items }: Ranking, receivedAt: number): void {
    const isAhead = at > receivedAt + this.#future
    if (isAhead) this.#ahead.n++
    const isNew = this.#rankings.add(this.#source, {
      at: isAhead ? receivedAt : at,
      items: items
        .slice(0, this.#rankings.shape.terms)
        .map(item => ({ ...item, topics: this.#topics.namesOf(item.term) })),
    })
    if (!isNew) this.#repeated.n++
  }
}
