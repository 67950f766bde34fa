import type { SentimentCounts } from './window.ts'

/** Version of what {@link ReportEvent} holds. One that takes away from it, or changes its meaning, is another. */
export const REPORT_SCHEMA = 1

/** Languages that reports are written in. */
export const REPORT_LANGUAGES = ['en', 'ko'] as const
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number]

/** From the first millisecond of a period to the first one after it; Unix time. */
export interface Period {
  start: number
  end: number
}

/** What a topic was in an earlier period. */
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
  /** Posts with it: never more than there were, and at most `error` of the extractor fewer. */
  posts: number
  /** Their mean score, from -1 to 1; null where none has one. */
  score: number | null
  /** Posts with it in the period before; null where that is not known. */
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

/** What a report says of one topic. */
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
   * Share of voice: total / the sum over all topics of the report, in which a post of several topics counts in each.
   * Null where that sum is below `few`, and with one topic.
   */
  share: number | null
  /** The period before; null where the exporter does not know all of it. */
  before: ReportComparison | null
  /** The same period a week before, by the clock of the time zone; null likewise, and for periods below an hour. */
  weekBefore: ReportComparison | null
  /** Posts by language, most first. */
  languages: { lang: string; posts: number }[]
  /** The most used terms, and those that gained most over the period before. */
  terms: ReportTerm[]
  rising: ReportTerm[]
  links: ReportLink[]
}

/** What the exporter did not see, or did not count, in the period. */
export interface ReportCoverage {
  /** How long the exporter did not run, in milliseconds. */
  stopped: number
  sources: {
    source: string
    /** How long it was down while the exporter ran, in milliseconds. */
    down: number
    /** Posts dropped, by reason, but for those that a configuration wants dropped: duplicates, and posts of no topic. */
    dropped: Record<string, number>
  }[]
}

/** Alerts that Alertmanager handed to the exporter. */
export interface ReportIncident {
  alert: string
  topic: string | null
  /** The alert's annotation `summary`; null where it has none. */
  summary: string | null
  startsAt: number
  /** Null while it fires. */
  endsAt: number | null
}

/** A ranking over the period. */
export interface ReportRanking {
  source: string
  /** Snapshots of the list in the period: what shares are of. */
  snapshots: number
  /** The terms with the largest shares, then the best mean ranks. */
  items: {
    term: string
    /** Share of the snapshots that hold the term, from 0 to 1. */
    share: number
    /** Over the snapshots that hold it; 1 is the first. */
    meanRank: number
    /** Whether it was not in the period before; false where that is not known. */
    isNew: boolean
  }[]
}

/** A digest of one period. */
export interface ReportEvent {
  kind: 'report'
  /** `report/daily/1700000000000`: the report and when it was due. */
  key: string
  schema: typeof REPORT_SCHEMA
  /** Its name in the configuration. */
  report: string
  language: ReportLanguage
  timeZone: string
  /** When it was due; Unix milliseconds. */
  at: number
  period: Period
  /** False where event time had not passed the end of the period: posts may be missing. */
  isComplete: boolean
  /** The scorer whose scores it goes by. */
  scorer: string
  /** With fewer posts no shares are given, since they would mean nothing. */
  few: number
  topics: ReportTopic[]
  coverage: ReportCoverage
  /** Null where no Alertmanager is configured to hand alerts to the exporter. */
  incidents: ReportIncident[] | null
  rankings: ReportRanking[]
  /** What its text is written by, where that is configured. */
  template?: string
  /** The report for people, in `language`: one line, plain text, and Markdown. */
  title: string
  text: string
  markdown: string
}
