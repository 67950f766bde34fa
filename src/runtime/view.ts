import type { PluginKind } from '../catalogue/plugin-kinds.ts'
import type { Body } from '../metrics/body.ts'
import type { ExpositionFormat } from '../metrics/text-format.ts'
import type { Sentiment } from '../state/window-slices.ts'
import type { AlertAdmission, AlertAnswer } from './alerts/receiver.ts'

/** The interface of the running exporter for the server. */
export interface ExporterView {
  /** The state of everything, for the status page and /api/v1/status. Cheap enough to call on every request. */
  status(): Status
  /** Why the exporter is not ready, one reason per entry; empty when it is ready. */
  notReady(): string[]
  /** The metrics in the Prometheus text format or in OpenMetrics. */
  metrics(format: ExpositionFormat): Promise<Body>
  /** Reloads the configuration. If it has problems, the running one is kept. */
  reload(): Promise<{ ok: true } | { ok: false; problems: string[] }>
  /** The admission of a notification from Alertmanager, by its `Authorization` header. */
  admitsAlerts(authorization: string | undefined): AlertAdmission
  /** Receives a notification from Alertmanager. Resolves once it is stored. @param body JSON */
  alerts(body: string): Promise<AlertAnswer>
  /** Counts a request that was refused (mood_http_requests_refused_total). */
  refused(status: number): void
}

/** A snapshot of the exporter, as plain JSON. */
export interface Status {
  version: string
  node: string
  /** Unix milliseconds. */
  startedAt: number
  now: number
  /** Why it is not ready. */
  notReady: string[]
  config: {
    file: string
    /** Unix milliseconds of the last successful load. */
    loadedAt: number
    /** Whether the last attempt succeeded; if not, its problems. */
    lastReload: { ok: boolean; at: number; problems: string[] }
    /** The running configuration as YAML, secrets masked. */
    shown: string
  }
  /** The thresholds of scores: `positive` and above, `negative` and below. */
  sentiment: { positive: number; negative: number }
  workers: { ready: number; configured: number; restarts: number }
  sources: SourceStatus[]
  topics: TopicStatus[]
  terms: TermsStatus[]
  rankings: RankingStatus[]
  plugins: PluginStatus[]
}

export interface SourceStatus {
  name: string
  use: string
  format: string
  state: 'starting' | 'up' | 'down' | 'failed' | 'finished'
  /** The last reported detail of its state: why it is down. */
  detail: string
  records: number
  posts: number
  /** Posts per second over about the last ten seconds. */
  postsPerSecond: number
  /** Drops by reason; reasons without drops are absent. */
  dropped: Record<string, number>
  reconnects: number
  queueBytes: number
  /** Unix milliseconds; null until it has emitted a post. */
  watermark: number | null
}

/** One topic under one scorer: posts since the exporter started, and its windows. */
export interface TopicStatus {
  topic: string
  scorer: string
  posts: Record<Sentiment, number>
  /** The mean score of the longest window that currently has scored posts; null if none has. */
  recent: { window: string; score: number } | null
  /** Mean score of the last complete window, by window label ("1s", "1m"); null without scores. */
  windows: { window: string; posts: number; score: number | null }[]
}

export interface TermsStatus {
  extractor: string
  topic: string
  window: string
  terms: { term: string; posts: number; score: number | null }[]
}

/** The current list of a source, and its windows. */
export interface RankingStatus {
  source: string
  /**
   * When the current list was made; Unix milliseconds. Null if there is none, or it is older than the longest window.
   */
  at: number | null
  /** The first terms of the current list. */
  items: { rank: number; term: string }[]
  /** By window label, the terms with the largest shares. */
  windows: { window: string; snapshots: number; terms: { term: string; share: number; meanRank: number }[] }[]
}

export interface PluginStatus {
  kind: PluginKind
  name: string
  use: string
  seconds: number
  errors: Record<string, number>
  /** The last error, cut; '' if there was none. */
  lastError: string
}
