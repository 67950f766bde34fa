import { cronOf, LONGEST_PERIOD, Schedule } from '../../config/schedule.ts'
import type { Config } from '../../config/schema.ts'
import type { ReportLanguage } from '../../plugin/events/report.ts'
import type { HistoryShape, TermWindowShape } from '../../state/shape.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The label of the windows of terms for reports. */
export const REPORT_WINDOW = 'report'

/** Terms kept for each extractor, topic and slice of those windows. */
const TERMS = 200

/** Possible lengths of a slice; each divides the next. */
const SLICES = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR]

/** Limits of stored slices: in total, and for terms. */
const MOST_SLICES = 1000
const MOST_TERM_SLICES = 400

/** Where occurrences of a schedule are sampled: two weeks in winter and in summer, to include a change of clocks. */
const SAMPLED = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)]
const SAMPLES = 20

/** A configured report. Plain data; times in milliseconds. */
export interface ReportSpec {
  name: string
  cron: string
  timeZone: string
  /** Null for the time since the previous occurrence. */
  period: number | null
  topics: string[]
  scorer: string
  /** Names of outputs; null for all that take reports. */
  to: string[] | null
  language: ReportLanguage
  /** The template of its text; null for the standard text. */
  template: string | null
  few: number
  terms: number
  links: number
  /** Sources of the rankings in it. */
  rankings: string[]
  rankingTerms: number
}

/** @param names all topics and rankings, and the scorer if none is named */
export const reportSpecs = (
  { reports }: Pick<Config, 'reports'>,
  names: { topics: readonly string[]; scorer: string; rankings: readonly string[] },
): ReportSpec[] =>
  reports.map(({ name, time_zone, period, topics, scorer, to, language, few, terms, links, ...more }) => ({
    name,
    cron: cronOf(more) as string,
    timeZone: time_zone,
    period: period ?? null,
    topics: topics ?? [...names.topics],
    scorer: scorer ?? names.scorer,
    to: to ?? null,
    language,
    template: more.template ?? null,
    few,
    terms,
    links,
    rankings: more.rankings ?? [...names.rankings],
    rankingTerms: more.ranking_terms,
  }))

/** What the state must keep for reports. */
export interface Retention {
  history: HistoryShape
  terms: TermWindowShape
  /** How long to keep snapshots of rankings, in milliseconds. */
  rankings: number
}

/**
 * What the state must keep for these reports: the period of each, the one before and the one a week before, and some
 * time more, so that a missed report can still be made. Null if there is no report.
 */
export function retentionOf(reports: readonly ReportSpec[]): Retention | null {
  if (reports.length === 0) return null
  const spans = reports.map(spanOf)
  const longest = Math.max(...spans.map(({ period }) => period))
  const slack = Math.min(DAY, Math.max(HOUR, 24 * longest))
  const back = spans.map(({ period }) =>
    period < HOUR ? 2 * period : Math.max(2 * period, 7 * DAY + period),
  )
  const keep = Math.max(...back) + slack
  const slice = sliceFor(keep, MOST_SLICES, spans)
  const size = Math.ceil((2 * longest + slack) / HOUR) * HOUR
  const slide = Math.max(slice, sliceFor(size, MOST_TERM_SLICES, spans))
  return {
    history: { slice, keep: Math.ceil(keep / slice) * slice },
    terms: { label: REPORT_WINDOW, size, slide, terms: TERMS },
    // The period, and the one before, to detect new terms.
    rankings: 2 * longest + slack,
  }
}

/** The longest slice that divides the bounds of all periods, or a longer one if there would be too many slices. */
function sliceFor(kept: number, most: number, spans: readonly { grid: number }[]): number {
  const few = SLICES.filter(slice => kept / slice <= most)
  return few.findLast(slice => spans.every(({ grid }) => grid % slice === 0)) ?? few[0] ?? HOUR
}

/** The longest period of a report, and a divisor of its bounds; milliseconds. */
function spanOf({ cron, timeZone, period }: ReportSpec): { period: number; grid: number } {
  const schedule = new Schedule(cron, timeZone)
  let longest = 0
  let grid = period ?? 0
  for (const from of SAMPLED) {
    let last: number | null = null
    for (let i = 0, at = schedule.next(from); i < SAMPLES && at !== null; i++, at = schedule.next(at)) {
      if (last !== null) longest = Math.max(longest, at - last)
      grid = gcd(grid, at)
      last = at
    }
  }
  return { period: period ?? Math.min(longest || DAY, LONGEST_PERIOD), grid: grid || MINUTE }
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
