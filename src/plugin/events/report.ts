import type { SentimentCounts } from './window.ts'

/** Version of the structure of {@link ReportEvent}. Increased when a field is removed or changes its meaning. */
export const REPORT_SCHEMA = 1

/** Languages that reports are written in. */
export const REPORT_LANGUAGES = ['en', 'ko'] as const
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number]

/** A period of time: from `start` up to, and not including, `end`; Unix milliseconds. */
export interface Period {
  start: number
  end: number
}

/** A topic in an earlier period. */
export interface ReportComparison extends Period {
  /** All posts, those without a score included. */
  posts: number
  /** As in {@link ReportTopic}. */
  net: number | null
  negative: number | null
}

/** A term of the posts of a topic. */
export interface ReportTerm {
  extractor: string
  term: string
  /** Posts with it: a lower bound, at most the metric `mood_top_terms_error_posts` too low. */
  posts: number
  /** Their mean score, from -1 to 1; null if none has a score. */
  score: number | null
  /** Posts with it in the period before; null if that is not known. */
  before: number | null
}

/** A representative post, by its link. */
export interface ReportLink {
  url: string
  /** From -1 to 1. */
  score: number
  /** When it was written; Unix milliseconds. */
  at: number
}

/** A topic in a report. */
export interface ReportTopic {
  topic: string
  posts: SentimentCounts
  /** All posts: the sum of `posts`. */
  total: number
  /** Net sentiment: (positive - negative) / total, from -1 to 1. Null with fewer posts than `few`. */
  net: number | null
  /** Share of negative posts: negative / total. Null with fewer posts than `few`. */
  negative: number | null
  /**
   * Share of voice: total / the sum over all topics of the report, in which a post of several topics counts for each.
   * Null if that sum is below `few`, or there is only one topic.
   */
  share: number | null
  /** The period before; null if the exporter did not cover all of it. */
  before: ReportComparison | null
  /**
   * The same period a week before, by the local time of the time zone; null if not covered, and for periods below an
   * hour.
   */
  weekBefore: ReportComparison | null
  /** Posts by language, most frequent first. */
  languages: { lang: string; posts: number }[]
  /** The most used terms, and those with the largest increase over the period before. */
  terms: ReportTerm[]
  rising: ReportTerm[]
  links: ReportLink[]
}

/** What the exporter missed or did not count in the period. */
export interface ReportCoverage {
  /** How long the exporter was not running, in milliseconds. */
  stopped: number
  sources: {
    source: string
    /** How long it was down while the exporter ran, in milliseconds. */
    down: number
    /** Posts dropped, by reason, except intended drops: duplicates, and posts of no topic. */
    dropped: Record<string, number>
  }[]
}

/** Alerts that Alertmanager sent to the exporter. */
export interface ReportIncident {
  alert: string
  topic: string | null
  /** The annotation `summary` of the alert; null if it has none. */
  summary: string | null
  startsAt: number
  /** Null while it fires. */
  endsAt: number | null
}

/** A ranking over the period. */
export interface ReportRanking {
  source: string
  /** The number of snapshots in the period: the denominator of shares. */
  snapshots: number
  /** The terms with the largest shares, then the best mean ranks. */
  items: {
    term: string
    /** Share of the snapshots that contain the term, from 0 to 1. */
    share: number
    /** Over the snapshots that contain it; 1 is the first. */
    meanRank: number
    /** Whether it was not listed in the period before; false if that is not known. */
    isNew: boolean
  }[]
}

/** A digest of one period. */
export interface ReportEvent {
  kind: 'report'
  /** `report/daily/1700000000000`: the report, and when it was due. */
  key: string
  schema: typeof REPORT_SCHEMA
  /** Its name in the configuration. */
  report: string
  language: ReportLanguage
  timeZone: string
  /** When it was due; Unix milliseconds. */
  at: number
  period: Period
  /** False if event time had not reached the end of the period: posts may be missing. */
  isComplete: boolean
  /** The scorer of the report. */
  scorer: string
  /** Below this number of posts no shares are given: they would not be meaningful. */
  few: number
  topics: ReportTopic[]
  coverage: ReportCoverage
  /** Null if the configuration has no `alertmanager`. */
  incidents: ReportIncident[] | null
  rankings: ReportRanking[]
  /** The template of its text, if one is configured. */
  template?: string
  /** The text of the report in `language`: one line, plain text, and Markdown. */
  title: string
  text: string
  markdown: string
}
