import { isLoss } from '../../catalogue/drop-reasons.ts'
import { labelValues } from '../../catalogue/label-key.ts'
import { daysEarlier, LONGEST_PERIOD, Schedule } from '../../config/schedule.ts'
import {
  type Period,
  REPORT_SCHEMA,
  type ReportComparison,
  type ReportCoverage,
  type ReportEvent,
  type ReportIncident,
  type ReportLink,
  type ReportRanking,
  type ReportTerm,
  type ReportTopic,
} from '../../plugin/events/report.ts'
import type { SentimentCounts } from '../../plugin/events/window.ts'
import { messageOf } from '../../plugin/message-of.ts'
import { type ReportData, withText } from '../../plugin/messages/report.ts'
import type { History } from '../../state/history.ts'
import type { State } from '../../state/state.ts'
import type { TermWindow } from '../../state/term-window.ts'
import { MoodCell, SENTIMENTS } from '../../state/window-slices.ts'
import type { ReportSpec } from './report-spec.ts'

const HOUR = 3_600_000

/** Shorter times are not reported as missed, since times are recorded only periodically; milliseconds. */
const LEAST_MISSED_MS = 60_000

/** Languages listed for each topic. */
const LANGUAGES = 5

/** Minimum of posts of a rising term, and minimum ratio to the posts before. */
const LEAST_RISING = 3
const RISING_RATIO = 1.5

/** How many terms are compared to find rising ones. */
const TERMS_COMPARED = 200

/** The data for reports. */
export interface ReportSource {
  state: State
  /** Null if the exporter takes no alerts. */
  incidents: readonly ReportIncident[] | null
}

/**
 * The period of a report that is due at a time, in whole slices.
 * @param slice milliseconds
 */
export function periodOf({ cron, timeZone, period }: ReportSpec, at: number, slice: number): Period {
  const end = Math.floor(at / slice) * slice
  if (period !== null) return { start: end - Math.max(slice, Math.floor(period / slice) * slice), end }
  const [before] = new Schedule(cron, timeZone).last(1, at - 1)
  const start = Math.floor((before ?? at) / slice) * slice
  return { start: Math.min(end - slice, Math.max(start, end - LONGEST_PERIOD)), end }
}

/**
 * Makes a report with its texts. It reads the state and changes nothing.
 *
 * @param at when it is due; Unix milliseconds
 * @param isComplete whether event time has passed the end of the period
 * @param isUpToNow whether the current, unfinished slice counts too
 * @param onTemplateFault called with the fault if the template fails; the report then has the standard text
 */
export function buildReport(
  spec: ReportSpec,
  at: number,
  { state, incidents }: ReportSource,
  isComplete: boolean,
  isUpToNow = false,
  onTemplateFault: (reason: string) => void = () => {},
): ReportEvent {
  const { history } = state
  if (!history) throw new Error('the state keeps nothing for reports')
  const { few, scorer, timeZone } = spec
  const whole = periodOf(spec, at, history.shape.slice)
  const length = whole.end - whole.start
  const period = isUpToNow ? { start: whole.start, end: at } : whole
  const before = { start: period.start - length, end: period.start }
  const weekBefore = {
    start: daysEarlier(period.start, 7, timeZone),
    end: daysEarlier(whole.end, 7, timeZone),
  }
  const reader = new HistoryReader(history, scorer)
  const now = reader.read(period)
  const earlier = reader.read(before)
  const lastWeek = length < HOUR ? null : reader.read(weekBefore)
  const compared = (topic: string, span: Period, moods: Moods | null): ReportComparison | null => {
    if (moods === null || !reader.knows(span)) return null
    const mood = sum(moods.get(topic)?.values() ?? [])
    return { ...span, posts: mood.total, ...sharesOf(mood, few) }
  }
  const totals = spec.topics.map(topic => sum(now.get(topic)?.values() ?? []).total)
  const all = totals.reduce((a, b) => a + b, 0)
  const topics = spec.topics.map((topic, i): ReportTopic => {
    const languages = now.get(topic) ?? new Map<string, MoodCell>()
    const mood = sum(languages.values())
    const total = totals[i] as number
    return {
      topic,
      posts: countsOf(mood),
      total,
      ...sharesOf(mood, few),
      share: spec.topics.length > 1 && all >= few ? total / all : null,
      before: compared(topic, before, earlier),
      weekBefore: compared(topic, weekBefore, lastWeek),
      languages: Array.from(languages, ([lang, cell]) => ({ lang, posts: cell.total }))
        .filter(({ posts }) => posts > 0)
        .sort((a, b) => b.posts - a.posts || (a.lang < b.lang ? -1 : 1))
        .slice(0, LANGUAGES),
      ...termsOf(state, topic, period, reader.knows(before) ? before : null, spec.terms),
      links: linksOf(state, topic, scorer, period, spec.links),
    }
  })
  const report: ReportData = {
    kind: 'report',
    key: `report/${spec.name}/${at}`,
    schema: REPORT_SCHEMA,
    report: spec.name,
    language: spec.language,
    timeZone,
    at,
    period,
    isComplete,
    scorer,
    few,
    topics,
    coverage: coverageOf(history, period),
    incidents: incidents && incidentsIn(incidents, period, spec.topics),
    rankings: rankingsIn(state, spec, period),
  }
  if (spec.template !== null)
    try {
      return withText({ ...report, template: spec.template })
    } catch (error) {
      onTemplateFault(messageOf(error))
    }
  return withText(report)
}

/** Moods by topic and language. */
type Moods = Map<string, Map<string, MoodCell>>

/** Posts of periods, by the scores of one scorer. */
class HistoryReader {
  readonly #history: History
  readonly #scorer: string

  constructor(history: History, scorer: string) {
    this.#history = history
    this.#scorer = scorer
  }

  /** Whether the exporter counted from the beginning of a period. */
  knows({ start }: Period): boolean {
    return start >= this.#history.since
  }

  read({ start, end }: Period): Moods {
    const moods: Moods = new Map()
    for (const [, slice] of this.#history.between(start, end))
      for (const [key, mood] of slice.moods) {
        const [topic, lang, scorer] = labelValues(key) as [string, string, string]
        if (scorer !== this.#scorer) continue
        const languages = moods.get(topic) ?? new Map<string, MoodCell>()
        moods.set(topic, languages)
        const cell = languages.get(lang) ?? new MoodCell()
        languages.set(lang, cell)
        cell.merge(mood)
      }
    return moods
  }
}

function sum(moods: Iterable<MoodCell>): MoodCell {
  const sum = new MoodCell()
  for (const mood of moods) sum.merge(mood)
  return sum
}

const countsOf = ({ posts }: MoodCell): SentimentCounts =>
  Object.fromEntries(
    SENTIMENTS.map((sentiment, i) => [sentiment, posts[i as 0]]),
  ) as unknown as SentimentCounts

function sharesOf(mood: MoodCell, few: number): { net: number | null; negative: number | null } {
  const { total } = mood
  if (total < few) return { net: null, negative: null }
  const [positive, , negative] = mood.posts
  return { net: (positive - negative) / total, negative: negative / total }
}

function termsOf(
  state: State,
  topic: string,
  { start, end }: Period,
  before: Period | null,
  count: number,
): { terms: ReportTerm[]; rising: ReportTerm[] } {
  const all: ReportTerm[] = []
  for (const [extractor, windows] of state.terms) {
    const window = windows.find((each: TermWindow) => each.isForReports)
    if (!window) continue
    const earlier = before && new Map(window.sum(topic, before.start, before.end).top(2 * TERMS_COMPARED))
    for (const [term, { count: posts, score, scored }] of window.sum(topic, start, end).top(TERMS_COMPARED))
      all.push({
        extractor,
        term,
        posts,
        score: scored > 0 ? score / scored : null,
        before: earlier && (earlier.get(term)?.count ?? 0),
      })
  }
  const byPosts = (a: ReportTerm, b: ReportTerm) => b.posts - a.posts || (a.term < b.term ? -1 : 1)
  const gain = ({ posts, before }: ReportTerm) => posts - (before ?? posts)
  return {
    terms: all.toSorted(byPosts).slice(0, count),
    rising: all
      .filter(
        term =>
          term.posts >= LEAST_RISING && gain(term) > 0 && term.posts >= RISING_RATIO * (term.before ?? 0),
      )
      .sort((a, b) => gain(b) - gain(a) || byPosts(a, b))
      .slice(0, count),
  }
}

/** Links to posts of the period: the most negative, the most positive, and then the latest. */
function linksOf(
  state: State,
  topic: string,
  scorer: string,
  { start, end }: Period,
  count: number,
): ReportLink[] {
  const links = new Map<string, ReportLink>()
  for (const [key, { exemplars }] of state.histogram('mood_positivity_ratio').entries()) {
    const [, ofTopic, ofScorer] = labelValues(key) as [string, string, string]
    if (ofTopic !== topic || ofScorer !== scorer) continue
    for (const exemplar of exemplars) {
      if (exemplar?.label !== 'url' || !/^https?:\/\//.test(exemplar.text)) continue
      const at = Math.round(exemplar.at * 1000)
      if (at >= start && at < end)
        links.set(exemplar.text, { url: exemplar.text, score: 2 * exemplar.value - 1, at })
    }
  }
  const byScore = [...links.values()].sort((a, b) => a.score - b.score || a.at - b.at)
  const latest = byScore.toSorted((a, b) => b.at - a.at)
  return [...new Set([byScore[0], byScore.at(-1), ...latest])]
    .filter(link => link !== undefined)
    .slice(0, count)
}

function coverageOf(history: History, { start, end }: Period): ReportCoverage {
  let ran = 0
  const sources = new Map<string, ReportCoverage['sources'][number]>()
  const of = (source: string) => {
    const known = sources.get(source) ?? { source, down: 0, dropped: {} }
    sources.set(source, known)
    return known
  }
  for (const [, slice] of history.between(start, end)) {
    ran += slice.ran
    for (const [source, ms] of slice.down.entries()) of(source).down += ms
    for (const [key, n] of slice.dropped.entries()) {
      const [source, reason] = labelValues(key) as [string, string]
      if (n > 0 && isLoss(reason)) {
        const { dropped } = of(source)
        dropped[reason] = (dropped[reason] ?? 0) + n
      }
    }
  }
  const missed = (ms: number) => (ms < LEAST_MISSED_MS ? 0 : ms)
  return {
    stopped: missed(end - start - ran),
    sources: [...sources.values()]
      .map(source => ({ ...source, down: missed(source.down) }))
      .filter(({ down, dropped }) => down > 0 || Object.keys(dropped).length > 0)
      .sort((a, b) => (a.source < b.source ? -1 : 1)),
  }
}

/**
 * The terms of each ranking with the largest shares. Terms that were not in the period before are new, if that is
 * known.
 */
function rankingsIn(
  { rankings }: State,
  { rankings: sources, rankingTerms }: ReportSpec,
  { start, end }: Period,
): ReportRanking[] {
  return sources.map(source => {
    const history = rankings?.of(source)
    const { snapshots, terms } = history?.between(start, end) ?? { snapshots: 0, terms: [] }
    const before = history?.between(2 * start - end, start)
    const known = new Set(before?.terms.map(({ term }) => term))
    return {
      source,
      snapshots,
      items: terms.slice(0, rankingTerms).map(({ term, share, meanRank }) => ({
        term,
        share,
        meanRank,
        isNew: known.size > 0 && !known.has(term),
      })),
    }
  })
}

/** Those that fired in the period, the first first; of a topic only where the report has it. */
const incidentsIn = (
  incidents: readonly ReportIncident[],
  { start, end }: Period,
  topics: readonly string[],
): ReportIncident[] =>
  incidents
    .filter(
      ({ topic, startsAt, endsAt }) =>
        startsAt < end && (endsAt ?? end) >= start && (topic === null || topics.includes(topic)),
    )
    .toSorted((a, b) => a.startsAt - b.startsAt)
