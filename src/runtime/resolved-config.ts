import { resolve } from 'node:path'
import { createError } from '../catalogue/errors.ts'
import type { Known } from '../catalogue/series.ts'
import { type AlertThreshold, alertThresholds } from '../config/alerts.ts'
import type { LoadedConfig } from '../config/load.ts'
import { splitPlugin } from '../config/plugin-options.ts'
import { slideOf, termSlideOf, windowLabel } from '../config/windows.ts'
import type { ValidationResult } from '../loader/validate.ts'
import { SeenIds } from '../pipeline/dedupe.ts'
import type { SampleConfig } from '../pipeline/sampling.ts'
import {
  OTHER_LANGUAGE,
  type PluginSpec,
  type TopicSpec,
  type TrendingSpec,
  topicsOf,
  type WorkerConfig,
} from '../pipeline/worker-config.ts'
import { deltaShapeOf, type RankingsShape, type StateShape } from '../state/shape.ts'
import { fileStamps } from './file-stamps.ts'
import { type OutputSpec, outputSpecs } from './outputs/output-spec.ts'
import { type ReportSpec, reportSpecs, retentionOf } from './reports/report-spec.ts'
import { withTopics } from './threads/packed-topics.ts'

/** How many ids the de-duplication of all sources remembers by default. */
const SEEN_POSTS = 500_000

/** How many terms of a ranking are keywords of a topic by default. */
const TRENDING_TERMS = 10

/** The resolved configuration: what workers, the live state and each source's thread need to know. */
export interface ResolvedConfig {
  workerConfig: WorkerConfig
  /** The topics for sources, as JSON. */
  topics: string
  shape: StateShape
  /**
   * `replayable`: whether it can resume from a position. `files`: identifies the content of the files in its options,
   * so that a reload detects changes.
   */
  sources: { spec: PluginSpec; formatName: string; replayable: boolean; files: string }[]
  outputs: OutputSpec[]
  reports: ReportSpec[]
  /** How alerts are received from Alertmanager; null if they are not. */
  alertmanager: AlertmanagerSpec | null
  /** Whether a source has posts, and with them event time; false if all have rankings. */
  hasPosts: boolean
  workers: number
  /** Where counts are stored; null if they are not. */
  state: { dir: string; interval: number } | null
  limits: LoadedConfig['config']['limits']
  /** The thresholds of alerts, and their scorer. */
  alerts: { scorer: string; thresholds: AlertThreshold[] }
  /** Allowed label values. They determine which series begin at 0, and which a reload removes. */
  known: Known
}

export interface AlertmanagerSpec {
  /** Null if none is required. */
  token: string | null
  /** Names of outputs; null for all that take alerts. */
  to: string[] | null
}

/**
 * @param rules the topics as JSON of {@link topicSpecs}; of the topics in the configuration only names and alerts are
 *   read
 * @param seenIds memory of ids already seen, to keep on a reload
 * @param relays whether posts are relayed to the one output instead of being scored
 * @throws MoodError if `relays` is set and there is not exactly one output
 */
export function resolveConfig(
  { config, baseDir }: Pick<LoadedConfig, 'config' | 'baseDir'>,
  validation: ValidationResult,
  rules: string,
  seenIds: SharedArrayBuffer | null,
  relays = false,
): ResolvedConfig {
  const { limits, languages, sentiment } = config
  const sources = config.sources.map((entry, i) => {
    const { name, live, replayable, format, formatName, rankings } = validation.sources[
      i
    ] as ValidationResult['sources'][number]
    const { use, options, dedupe = live } = splitPlugin('source', entry)
    return {
      spec: { use, name, options },
      format: { ...format, name: formatName },
      formatName,
      replayable,
      dedupe,
      rankings,
    }
  })
  const windows = config.windows.map(window => ({
    label: windowLabel(window.size),
    size: window.size,
    slide: slideOf(window),
    lateness: window.lateness,
  }))
  const extractors = config.extractors.map((entry, i) => {
    const { use, options, top, windows } = splitPlugin('extractor', entry)
    const { name } = validation.extractors[i] as { name: string }
    const shown = windows.map(window => ({
      label: windowLabel(window.size),
      size: window.size,
      slide: termSlideOf(window),
    }))
    return {
      spec: { use, name, options },
      name,
      top,
      windows: shown,
    }
  })
  const configured = outputSpecs(config, validation.outputs, baseDir)
  const relay = relays ? relaySpec(configured) : null
  const outputs = relays ? [] : configured
  const remembered = sources.map(({ dedupe }) =>
    typeof dedupe === 'object' ? dedupe.posts : dedupe ? SEEN_POSTS : 0,
  )
  const seenPosts = Math.max(0, ...remembered)
  const keywords = topicSpecs(config.topics)
  const trending = trendingSpecs(config.topics)
  const topics = topicsOf({ topics: keywords, trending }).map(({ name }) => name)
  const ranked = sources.filter(({ rankings }) => rankings).map(({ spec }) => spec.name)
  const hasPosts = ranked.length < sources.length
  const scorerNames = validation.scorers.map(({ name }) => name)
  const { scorer = scorerNames[0] ?? '' } = typeof config.alert === 'object' ? config.alert : {}
  const reports = reportSpecs(config, {
    // Rankings alone have no posts to report on.
    topics: hasPosts ? topics : [],
    scorer,
    rankings: ranked,
  })
  const retention = retentionOf(reports)
  const shape: StateShape = {
    windows,
    extractors: extractors.map(({ name, top, windows }) => ({
      name,
      top,
      windows: retention ? [...windows, retention.terms] : windows,
    })),
    ...(retention ? { history: retention.history } : {}),
    ...(ranked.length > 0 ? { rankings: rankingsShape(config, retention?.rankings ?? 0) } : {}),
    terms: limits.terms,
    slices: limits.slices,
    idle: limits.idle,
    future: limits.future,
  }
  const samples = samplesFor(outputs)
  const withoutTopics: Omit<WorkerConfig, 'topics'> = {
    baseDir,
    sources: sources.map(({ spec, format, dedupe, rankings }) => ({
      name: spec.name,
      format,
      dedupe: dedupe !== false,
      ...(rankings ? { rankings } : {}),
    })),
    ...(samples ? { samples } : {}),
    ...(trending.length > 0 ? { trending } : {}),
    scorers: config.scorers.map((entry, i) => {
      const { use, options } = splitPlugin('scorer', entry)
      return { use, name: (validation.scorers[i] as { name: string }).name, options }
    }),
    extractors: extractors.map(({ spec }) => spec),
    relay,
    shape: deltaShapeOf(shape),
    languages,
    sentiment,
    pluginTimeout: limits.plugin_timeout,
    createTimeout: limits.create_timeout,
    future: limits.future,
    termsPerPost: limits.terms_per_post,
    queueBytes: limits.queue_bytes,
    logLines: limits.log_lines,
    seenIds: seenPosts === 0 ? null : sized(seenIds, seenPosts),
  }
  const workerConfig = withTopics(withoutTopics, rules)
  return {
    workerConfig,
    topics: rules,
    shape,
    sources: sources.map(({ spec, formatName, replayable }) => ({
      spec,
      formatName,
      replayable,
      files: fileStamps(spec.options, baseDir),
    })),
    outputs,
    reports,
    alertmanager: config.alertmanager
      ? { token: config.alertmanager.token ?? null, to: config.alertmanager.to ?? null }
      : null,
    hasPosts,
    workers: config.workers,
    state: config.state ? { dir: resolve(baseDir, config.state.dir), interval: config.state.interval } : null,
    limits,
    alerts: { scorer, thresholds: alertThresholds(config, topics) },
    known: {
      sources: new Set(sources.map(({ spec }) => spec.name)),
      formats: new Set(sources.map(({ format }) => format.name)),
      topics: new Set(topics),
      scorers: new Set(workerConfig.scorers.map(({ name }) => name)),
      extractors: new Set(extractors.map(({ name }) => name)),
      outputs: new Set(outputs.map(({ name }) => name)),
      ...(ranked.length > 0
        ? {
            rankings: new Set(ranked),
            rankingWindows: new Set(config.rankings.windows.map(windowLabel)),
          }
        : {}),
      ...(reports.length > 0 ? { reports: new Set(reports.map(({ name }) => name)) } : {}),
      windows: new Set(windows.map(({ label }) => label)),
      termWindows: new Map(
        extractors.map(({ name, windows }) => [name, new Set(windows.map(({ label }) => label))]),
      ),
      languages: new Set([...languages.labels, OTHER_LANGUAGE]),
    },
  }
}

function relaySpec(outputs: readonly OutputSpec[]): PluginSpec {
  const [output, ...more] = outputs
  if (!output || more.length > 0)
    throw createError('ERR_RELAY_OUTPUT', {
      problem: `outputs: expected one to relay posts to, got ${outputs.length}`,
    })
  return { use: output.use, name: output.name, options: output.options }
}

/** The topics without their keywords, for everything except {@link topicSpecs}. */
export const topicHeads = (topics: LoadedConfig['config']['topics']): LoadedConfig['config']['topics'] =>
  Object.fromEntries(
    Object.entries(topics).map(([name, rule]) => {
      if (Array.isArray(rule)) return [name, []]
      const { alert, from, top } = rule
      const head = defined({ alert, from, top })
      return [name, Object.keys(head).length > 0 ? head : []]
    }),
  )

/** The topics of a configuration with fixed keywords. */
export const topicSpecs = (topics: LoadedConfig['config']['topics']): TopicSpec[] =>
  Object.entries(topics).flatMap(([name, rule]) => {
    if (Array.isArray(rule)) return [{ name, any: rule }]
    if (rule.from !== undefined) return []
    // Without keywords of which one is needed, every post has enough of them.
    const any = rule.any === 'all' ? undefined : rule.any
    return [defined({ name, any, all: rule.all, not: rule.not })]
  })

/** The topics whose keywords are the terms of a ranking. */
const trendingSpecs = (topics: LoadedConfig['config']['topics']): TrendingSpec[] =>
  Object.entries(topics).flatMap(([name, rule]) =>
    Array.isArray(rule) || rule.from === undefined
      ? []
      : [{ name, source: rule.from, top: rule.top ?? TRENDING_TERMS }],
  )

/** @param reported how long reports need snapshots, in milliseconds */
function rankingsShape(
  { rankings: { windows, top, terms, snapshots } }: LoadedConfig['config'],
  reported: number,
): RankingsShape {
  return {
    windows: windows.map(size => ({ label: windowLabel(size), size })),
    top,
    terms,
    snapshots,
    keep: Math.max(reported, ...windows),
  }
}

function sized(memory: SharedArrayBuffer | null, posts: number): SharedArrayBuffer {
  const fresh = SeenIds.allocate(posts)
  return memory?.byteLength === fresh.byteLength ? memory : fresh
}

/** Removes the keys whose value is undefined. */
function defined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never
}

/** What workers must sample for all outputs together; null if none takes posts. */
function samplesFor(outputs: readonly OutputSpec[]): SampleConfig | null {
  const wanted = outputs.flatMap(({ posts }) => posts ?? [])
  if (wanted.length === 0) return null
  return {
    perMinute: Math.max(...wanted.map(({ perMinute }) => perMinute)),
    text: wanted.some(({ text }) => text),
  }
}
