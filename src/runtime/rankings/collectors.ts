import { labelKey } from '../../catalogue/label-key.ts'
import type { MetricName } from '../../catalogue/metrics.ts'
import type { Collectors } from '../../metrics/exposition.ts'
import type { Sample } from '../../metrics/family.ts'
import type { RankedTerm, RankingHistory } from '../../state/ranking-history.ts'
import type { RankingsShape } from '../../state/shape.ts'
import type { State } from '../../state/state.ts'

/** The sources of the metrics of rankings. */
export interface CollectedRankings {
  readonly state: State
  readonly resolved: { readonly workerConfig: { readonly topics: readonly { readonly name: string }[] } }
}

type RankingMetric = Extract<MetricName, `mood_ranking_${string}`>

/** A collector for each gauge of rankings. */
export function rankingCollectorsOf(
  exporter: CollectedRankings,
): Pick<Collectors, Exclude<RankingMetric, `${string}_total`>> {
  const perSource = (value: (history: RankingHistory) => number | null) =>
    function* (): Generator<Sample> {
      for (const [source, history] of exporter.state.rankings?.entries() ?? []) {
        const n = value(history)
        if (n !== null) yield [source, n]
      }
    }
  const perTerm = (value: (term: RankedTerm) => number) =>
    function* (): Generator<Sample> {
      for (const [source, history, shape] of rankingsOf(exporter.state))
        for (const { label } of shape.windows)
          for (const term of shownTerms(history, label, shape.top))
            yield [labelKey(source, label, term.term), value(term)]
    }
  return {
    mood_ranking_last_snapshot_timestamp_seconds: perSource(({ mergedAt }) =>
      Number.isFinite(mergedAt) ? mergedAt / 1000 : null,
    ),
    mood_ranking_list_timestamp_seconds: perSource(({ latest }) => (latest ? latest.at / 1000 : null)),
    mood_ranking_interval_seconds: perSource(({ interval }) => (interval === null ? null : interval / 1000)),
    *mood_ranking_window_snapshots() {
      for (const [source, history, { windows }] of rankingsOf(exporter.state))
        for (const { label } of windows) yield [labelKey(source, label), history.view(label).snapshots]
    },
    mood_ranking_share_ratio: perTerm(({ share }) => share),
    mood_ranking_mean_rank: perTerm(({ meanRank }) => meanRank),
    *mood_ranking_rank() {
      for (const [source, history, { top }] of rankingsOf(exporter.state))
        for (const { term, rank } of history.present.slice(0, top)) yield [labelKey(source, term), rank]
    },
    *mood_ranking_term_count() {
      for (const [source, history, { top }] of rankingsOf(exporter.state))
        for (const { term, count } of history.present.slice(0, top))
          if (count !== undefined) yield [labelKey(source, term), count]
    },
    *mood_ranking_first_seen_timestamp_seconds() {
      for (const [source, history, shape] of rankingsOf(exporter.state)) {
        const first = firstSeen(history, shape)
        for (const { term } of history.present.slice(0, shape.top)) {
          const at = first.get(term)
          if (at !== undefined) yield [labelKey(source, term), at / 1000]
        }
      }
    },
    *mood_ranking_topic_terms() {
      for (const [source, history] of rankingsOf(exporter.state))
        for (const { name } of exporter.resolved.workerConfig.topics) {
          const about = history.present.filter(({ topics }) => topics?.includes(name))
          yield [labelKey(source, name), about.length]
        }
    },
  }
}

function* rankingsOf({
  rankings,
}: State): Generator<[source: string, history: RankingHistory, shape: RankingsShape]> {
  if (rankings) for (const [source, history] of rankings.entries()) yield [source, history, rankings.shape]
}

/** When each term was first listed within the longest window; Unix milliseconds. */
export function firstSeen(history: RankingHistory, { windows }: RankingsShape): Map<string, number> {
  const longest = windows.reduce((longer, window) => (window.size > longer.size ? window : longer))
  return new Map(history.view(longest.label).terms.map(({ term, firstAt }) => [term, firstAt]))
}

/** The first terms of a window, and those of the current list. */
function* shownTerms(history: RankingHistory, window: string, top: number): Generator<RankedTerm> {
  const { terms } = history.view(window)
  yield* terms.slice(0, top)
  const present = new Set(history.present.slice(0, top).map(({ term }) => term))
  for (const term of terms.slice(top)) if (present.has(term.term)) yield term
}
