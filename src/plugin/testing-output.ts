import { allDelivered, outcomeOf } from './delivery.ts'
import type { AlertEvent } from './events/alert.ts'
import type { PostEvent } from './events/post.ts'
import type { RankingEvent } from './events/ranking.ts'
import type { ReportEvent, ReportTopic } from './events/report.ts'
import { type AlertData, withAlertText } from './messages/alert.ts'
import { type ReportData, withText } from './messages/report.ts'
import type { Output, OutputEvent, WindowEvent } from './output.ts'

let windows = 0

/** A window of a minute with one row. Each event has a unique key unless `more` sets it. */
export function windowEvent(more: Partial<WindowEvent> = {}): WindowEvent {
  const start = 1_700_000_040_000 + 60_000 * windows++
  const posts = { positive: 2, neutral: 1, negative: 1, unknown: 0 }
  return {
    kind: 'window',
    key: `window/1m/${start}`,
    window: '1m',
    start,
    end: start + 60_000,
    rows: [{ topic: 'galaxy', scorer: 'afinn', posts, score: 0.25 }],
    ...more,
  }
}

/** A topic of a report: 75 posts, 40 positive and 20 negative. */
export const reportTopic = (more: Partial<ReportTopic> = {}): ReportTopic => ({
  topic: 'galaxy',
  posts: { positive: 40, neutral: 15, negative: 20, unknown: 0 },
  total: 75,
  net: 20 / 75,
  negative: 20 / 75,
  share: null,
  before: null,
  weekBefore: null,
  languages: [{ lang: 'en', posts: 75 }],
  terms: [],
  rising: [],
  links: [],
  ...more,
})

let reports = 0

/** A report of a day with one topic. Each event has a unique key unless `more` sets it. */
export function reportEvent(more: Partial<ReportData> = {}): ReportEvent {
  const at = 1_700_000_000_000 - (1_700_000_000_000 % 86_400_000) + 86_400_000 * reports++
  return withText({
    kind: 'report',
    key: `report/daily/${at}`,
    schema: 1,
    report: 'daily',
    language: 'en',
    timeZone: 'UTC',
    at,
    period: { start: at - 86_400_000, end: at },
    isComplete: true,
    scorer: 'auto',
    few: 30,
    topics: [reportTopic()],
    coverage: { stopped: 0, sources: [] },
    incidents: null,
    rankings: [],
    ...more,
  })
}

let alerts = 0

/** A group with one firing alert. Each event has a unique key unless `more` sets it. */
export const alertEvent = (more: Partial<AlertData> = {}): AlertEvent =>
  withAlertText({
    kind: 'alert',
    key: `alert/${alerts++}`,
    status: 'firing',
    receiver: 'people',
    groupKey: '{}:{topic="galaxy"}',
    groupLabels: { topic: 'galaxy' },
    commonLabels: { alertname: 'MoodTurnsNegative', topic: 'galaxy' },
    commonAnnotations: {},
    externalUrl: 'http://127.0.0.1:9093',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'MoodTurnsNegative', topic: 'galaxy' },
        annotations: { summary: 'galaxy: more negative than usual' },
        startsAt: 1_700_000_000_000,
        endsAt: null,
        generatorUrl: '',
        fingerprint: '1a30ba71cca2921f',
      },
    ],
    truncated: 0,
    ...more,
  })

let posts = 0

/** A sampled negative post. Each event has a unique key unless `more` sets it. */
export function postEvent(more: Partial<PostEvent> = {}): PostEvent {
  const id = `${++posts}`
  return {
    kind: 'post',
    key: `post/${id}`,
    source: 'tcp',
    topic: 'galaxy',
    lang: 'en',
    scorer: 'auto',
    sentiment: 'negative',
    score: -0.5,
    at: 1_700_000_000_000 + posts,
    id,
    url: `https://example.com/${id}`,
    ...more,
  }
}

let rankings = 0

/** A list of two terms. Each event has a unique key unless `more` sets it. */
export function rankingEvent(more: Partial<RankingEvent> = {}): RankingEvent {
  const at = 1_700_000_000_000 + 600_000 * rankings++
  return {
    kind: 'ranking',
    key: `ranking/signal/${at}`,
    source: 'signal',
    at,
    items: [
      { rank: 1, term: '갤럭시', count: 1200, since: at - 600_000 },
      { rank: 2, term: '첫눈', count: null, since: at },
    ],
    windows: [
      {
        window: '1h',
        snapshots: 2,
        terms: [
          { term: '갤럭시', share: 1, meanRank: 1.5 },
          { term: '첫눈', share: 0.5, meanRank: 2 },
        ],
      },
    ],
    ...more,
  }
}

/** How the exporter interprets the end of a write. Events are given by their keys. */
export interface WriteOutcome {
  delivered: string[]
  /** Given up. */
  rejected: string[]
  /** Sent again. */
  retried: string[]
  /** The minimum wait before the next write, in milliseconds. */
  retryAfter: number
  /** The rejection of the write. */
  error: unknown
}

/** Writes events once, and returns how the exporter interprets the end of the write. */
export async function writeOnce<Event extends OutputEvent>(
  output: Output<Event>,
  events: readonly Event[],
  signal: AbortSignal,
): Promise<WriteOutcome> {
  let error: unknown
  let outcome = allDelivered(events)
  try {
    await output.write(events, { signal })
  } catch (thrown) {
    error = thrown
    outcome = outcomeOf(events, thrown)
  }
  const { results, permanent, retryAfter } = outcome
  const isRejected = permanent && events.length === 1
  const keysOf = (result: string) => events.flatMap(({ key }, i) => (results[i] === result ? key : []))
  return {
    delivered: keysOf('delivered'),
    rejected: [...keysOf('rejected'), ...(isRejected ? keysOf('retry') : [])],
    retried: isRejected ? [] : keysOf('retry'),
    retryAfter,
    error,
  }
}
