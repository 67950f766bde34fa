import { REPORT_SCHEMA, type ReportTopic } from '../events/report.ts'
import type { ReportData } from './report-data.ts'

const DAY = 86_400_000
const AT = Date.UTC(2026, 10, 27)
const PERIOD = { start: AT - DAY, end: AT }

const TOPIC: ReportTopic = {
  topic: 'galaxy',
  posts: { positive: 600, neutral: 300, negative: 300, unknown: 34 },
  total: 1234,
  net: 300 / 1234,
  negative: 300 / 1234,
  share: 0.6,
  before: { start: AT - 2 * DAY, end: AT - DAY, posts: 1000, net: 0.3, negative: 0.2 },
  weekBefore: { start: AT - 8 * DAY, end: AT - 7 * DAY, posts: 1100, net: 0.2, negative: 0.3 },
  languages: [
    { lang: 'en', posts: 1000 },
    { lang: 'ko', posts: 234 },
  ],
  terms: [{ extractor: 'hashtags', term: 'launch', posts: 310, score: 0.4, before: 300 }],
  rising: [{ extractor: 'hashtags', term: 'battery', posts: 90, score: -0.4, before: 10 }],
  links: [{ url: 'https://example.com/1', score: -0.5, at: AT - 3_600_000 }],
}

/** A report in which every optional part is present. */
export const FULL_REPORT: ReportData = {
  kind: 'report',
  key: `report/daily/${AT}`,
  schema: REPORT_SCHEMA,
  report: 'daily',
  language: 'en',
  timeZone: 'Asia/Seoul',
  at: AT,
  period: PERIOD,
  isComplete: true,
  scorer: 'auto',
  few: 30,
  topics: [TOPIC],
  coverage: { stopped: 3_600_000, sources: [{ source: 'tcp', down: 300_000, dropped: { overflow: 12 } }] },
  incidents: [
    {
      alert: 'TopicTurnsNegative',
      topic: 'galaxy',
      summary: 'galaxy: more negative than usual',
      startsAt: AT - 7_200_000,
      endsAt: AT - 3_600_000,
    },
  ],
  rankings: [
    {
      source: 'signal',
      snapshots: 143,
      items: [{ term: '갤럭시', share: 0.42, meanRank: 2.3, isNew: true }],
    },
  ],
}

/** A report of an exporter that has seen almost nothing. */
export const SPARSE_REPORT: ReportData = {
  ...FULL_REPORT,
  isComplete: false,
  topics: [
    {
      topic: 'galaxy',
      posts: { positive: 2, neutral: 0, negative: 1, unknown: 0 },
      total: 3,
      net: null,
      negative: null,
      share: null,
      before: null,
      weekBefore: null,
      languages: [{ lang: 'en', posts: 3 }],
      terms: [{ extractor: 'hashtags', term: 'launch', posts: 1, score: null, before: null }],
      rising: [],
      links: [],
    },
  ],
  coverage: { stopped: 0, sources: [] },
  incidents: null,
  rankings: [{ source: 'signal', snapshots: 0, items: [] }],
}
