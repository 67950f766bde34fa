import { labelKey, labelValues } from '../catalogue/label-key.ts'
import type { State } from '../state/state.ts'
import type { SENTIMENTS } from '../state/window-slices.ts'
import type { Rates } from './rates.ts'
import type { ResolvedConfig } from './resolved-config.ts'
import type { SourceRunner } from './sources/source-runner.ts'
import type { PluginStatus, RankingStatus, SourceStatus, Status, TermsStatus, TopicStatus } from './view.ts'
import type { WorkerPool } from './workers/pool.ts'

/** The sources of the status. */
export interface Observed {
  readonly state: State
  readonly pool: WorkerPool
  readonly sources: ReadonlyMap<string, SourceRunner>
  readonly resolved: ResolvedConfig
  readonly version: string
  readonly startedAt: number
  readonly config: Status['config']
  readonly rates: Rates
  /** The last error of each plugin, by kind and name. */
  readonly lastErrors: ReadonlyMap<string, string>
  notReady(): string[]
}

/** Everything on the status page. */
export function statusOf(exporter: Observed): Status {
  const { version, startedAt, config, pool, resolved } = exporter
  return {
    version,
    node: process.versions.node,
    startedAt,
    now: Date.now(),
    notReady: exporter.notReady(),
    config,
    sentiment: resolved.workerConfig.sentiment,
    workers: {
      ready: pool.ready,
      configured: resolved.workers,
      restarts: total(exporter, 'mood_worker_restarts_total'),
    },
    // After a reload the runners may be in another order than the file.
    sources: resolved.sources.flatMap(({ spec }) => {
      const runner = exporter.sources.get(spec.name)
      return runner ? [sourceStatus(exporter, runner)] : []
    }),
    topics: topicStatuses(exporter),
    terms: termStatuses(exporter),
    rankings: rankingStatuses(exporter),
    plugins: pluginStatuses(exporter),
  }
}

function total({ state }: Observed, name: 'mood_worker_restarts_total'): number {
  let sum = 0
  for (const [, n] of state.counter(name).entries()) sum += n
  return sum
}

function sourceStatus(exporter: Observed, runner: SourceRunner): SourceStatus {
  const { state: counted, resolved, rates } = exporter
  const { name, state, detail, spec, inFlight } = runner
  const dropped: Record<string, number> = {}
  for (const [key, n] of counted.counter('mood_posts_dropped_total').entries()) {
    const [source, reason] = labelValues(key) as [string, string]
    if (source === name && n > 0) dropped[reason] = n
  }
  let reconnects = 0
  for (const [key, n] of counted.counter('mood_source_reconnects_total').entries())
    if (labelValues(key)[0] === name) reconnects += n
  return {
    name,
    use: spec.use,
    format: resolved.sources.find(source => source.spec.name === name)?.formatName ?? '',
    state,
    detail,
    records: counted.counter('mood_source_records_total').get(name),
    posts: counted.counter('mood_source_posts_total').get(name),
    postsPerSecond: rates.perSecond(name),
    dropped,
    reconnects,
    queueBytes: inFlight.bytes,
    watermark: counted.watermarks.of(name),
  }
}

function topicStatuses({ state, resolved }: Observed): TopicStatus[] {
  const posts = new Map<string, TopicStatus['posts']>()
  for (const [key, n] of state.counter('mood_posts_total').entries()) {
    const [, topic, , scorer, sentiment] = labelValues(key) as [
      string,
      string,
      string,
      string,
      (typeof SENTIMENTS)[number],
    ]
    const place = labelKey(topic, scorer)
    const counts = posts.get(place) ?? { positive: 0, neutral: 0, negative: 0, unknown: 0 }
    counts[sentiment] += n
    posts.set(place, counts)
  }
  const { topics, scorers } = resolved.known
  return [...topics].flatMap(topic =>
    [...scorers].map(scorer => {
      const key = labelKey(topic, scorer)
      const longestFirst = [...state.windows.values()].sort((a, b) => b.shape.size - a.shape.size)
      const [recent = null] = longestFirst.flatMap(({ shape, complete }) => {
        const score = complete?.moods.get(key)?.mean ?? null
        return score === null ? [] : [{ window: shape.label, score }]
      })
      return {
        topic,
        scorer,
        posts: posts.get(key) ?? { positive: 0, neutral: 0, negative: 0, unknown: 0 },
        recent,
        windows: Array.from(state.windows.values(), ({ shape, complete }) => {
          const mood = complete?.moods.get(key)
          return { window: shape.label, posts: mood?.total ?? 0, score: mood?.mean ?? null }
        }),
      }
    }),
  )
}

/** In the order of the configuration: extractors, topics, windows. */
function termStatuses({ state, resolved }: Observed): TermsStatus[] {
  return resolved.workerConfig.extractors.flatMap(({ name: extractor }) =>
    [...resolved.known.topics].flatMap(topic =>
      (state.terms.get(extractor) ?? []).flatMap(({ shape, topics }) => {
        const found = topics.get(topic)
        if (!found) return []
        const terms = found.terms.map(([term, { count, score, scored }]) => ({
          term,
          posts: count,
          score: scored > 0 ? score / scored : null,
        }))
        return [{ extractor, topic, window: shape.label, terms }]
      }),
    ),
  )
}

function rankingStatuses({ state: { rankings } }: Observed): RankingStatus[] {
  if (!rankings) return []
  const { top, windows } = rankings.shape
  return Array.from(rankings.entries(), ([source, history]) => {
    const { present, latest } = history
    return {
      source,
      at: present.length > 0 && latest ? latest.at : null,
      items: present.slice(0, top).map(({ rank, term }) => ({ rank, term })),
      windows: windows.map(({ label }) => {
        const { snapshots, terms } = history.view(label)
        const first = terms.slice(0, top)
        return {
          window: label,
          snapshots,
          terms: first.map(({ term, share, meanRank }) => ({ term, share, meanRank })),
        }
      }),
    }
  })
}

function pluginStatuses({ state, resolved, lastErrors }: Observed): PluginStatus[] {
  const { workerConfig, sources } = resolved
  const status = (kind: PluginStatus['kind'], name: string, use: string): PluginStatus => {
    const errors: Record<string, number> = {}
    for (const [key, n] of state.counter('mood_plugin_errors_total').entries()) {
      const [ofKind, ofName, reason] = labelValues(key) as [string, string, string]
      if (ofKind === kind && ofName === name && n > 0) errors[reason] = n
    }
    const seconds = state.counter('mood_plugin_seconds_total').get(labelKey(kind, name))
    return { kind, name, use, seconds, errors, lastError: lastErrors.get(`${kind} ${name}`) ?? '' }
  }
  const formats = new Map(workerConfig.sources.map(({ format }) => [format.name, format.use]))
  return [
    ...sources.map(({ spec }) => status('source', spec.name, spec.use)),
    ...[...formats].map(([name, use]) => status('format', name, use)),
    ...workerConfig.scorers.map(({ name, use }) => status('scorer', name, use)),
    ...workerConfig.extractors.map(({ name, use }) => status('extractor', name, use)),
  ]
}
