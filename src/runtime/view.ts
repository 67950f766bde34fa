import type { PluginKind } from '../catalogue/plugin-kinds.ts'
import type { Body } from '../metrics/body.ts'
import type { ExpositionFormat } from '../metrics/text-format.ts'
import type { Sentiment } from '../state/window-slices.ts'
import type { AlertAdmission, AlertAnswer } from './alerts/receiver.ts'

/** What the running exporter shows of itself, and may be asked. The server knows nothing else of it. */
export interface ExporterView {
  /** The state of everything, for the status page and /api/v1/status. Cheap enough to call on every request. */
  status(): Status
  /** Why the exporter is not ready, one reason an entry; empty when it is. */
  notReady(): string[]
  /** The metrics in the Prometheus text format, or in OpenMetrics. */
  metrics(format: ExpositionFormat): Promise<Body>
  /** Reloads the configuration. With problems, the running one is kept. */
  reload(): Promise<{ ok: true } | { ok: false; problems: string[] }>
  /** How a notification of Alertmanager is admitted, by the header `Authorization` that it came with. */
  admitsAlerts(authorization: string | undefined): AlertAdmission
  /** Takes a notification of Alertmanager. Resolves once it is stored. @param body JSON */
  alerts(body: string): Promise<AlertAnswer>
  /** Counts a request that was refused (mood_http_requests_refused_total). */
  refused(status: number): void
}

/** The exporter at a moment, as plain JSON. */
export interface Status {
  version: string
  node: string
  /** Unix milliseconds. */
  startedAt: number
  now: number
  /** Not ready, and why. */
  notReady: string[]
  config: {
    file: string
    /** Unix milliseconds of the last load that worked. */
    loadedAt: number
    /** Whether the last attempt worked; if not, what was wrong. */
    lastReload: { ok: boolean; at: number; problems: string[] }
    /** The running configuration as YAML, secrets masked. */
    shown: string
  }
  /** Scores from `positive` up, and from `negative` down. */
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
  /** What the source last said of its state: why it is down. */
  detail: string
  records: number
  posts: number
  /** Posts a second over the last ten seconds or so. */
  postsPerSecond: number
  /** Dropped, by reason; reasons without drops are absent. */
  dropped: Record<string, number>
  reconnects: number
  queueBytes: number
  /** Unix milliseconds; null until it has handed over a post. */
  watermark: number | null
}

/** One topic under one scorer: posts since the exporter started, and its windows. */
export interface TopicStatus {
  topic: string
  scorer: string
  posts: Record<Sentiment, number>
  /** The mean score of the longest window that has scored posts at present; null where none has. */
  recent: { window: string; score: number } | null
  /** Mean score of the last complete window, per window label ("1s", "1m"); null without scores. */
  windows: { window: string; posts: number; score: number | null }[]
}

export interface TermsStatus {
  extractor: string
  topic: string
  window: string
  terms: { term: string; posts: number; score: number | null }[]
}

/** The present list of a source, and its windows. */
export interface RankingStatus {
  source: string
  /** When the present list was made; Unix milliseconds. Null where there is none, or it is older than the longest window. */
  at: number | null
  /** The first terms of the present list. */
  items: { rank: number; term: string }[]
  /** By window label, the terms with the largest shares of its snapshots. */
  windows: { window: string; snapshots: number; terms: { term: string; share: number; meanRank: number }[] }[]
}

export interface PluginStatus {
  kind: PluginKind
  name: string
  use: string
  seconds: number
  errors: Record<string, number>
  /** The last error, cut; '' when there was none. */
  lastError: string
}
