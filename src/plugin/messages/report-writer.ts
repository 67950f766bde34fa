import type { ReportComparison, ReportRanking, ReportTerm, ReportTopic } from '../events/report.ts'
import { Figures } from './figures.ts'
import type { Markup } from './markup.ts'
import type { ReportData } from './report-data.ts'
import { WORDS, type Words } from './words.ts'

/** A heading and the lines below it. */
export interface Section {
  /** Not marked up. */
  heading: string
  /** Marked up, without list marks. */
  lines: string[]
  /** Whether each line begins with its number, and needs no list mark. */
  isNumbered?: boolean
}

/** The lines of a section with list marks. */
export const sectionLines = ({ lines, isNumbered = false }: Section, markup: Markup): string[] =>
  isNumbered ? lines : lines.map(line => markup.item(line))

/** The known changes, as one list. */
const listed = (changes: (string | null)[]): string => {
  const known = changes.filter(change => change !== null)
  return known.length === 0 ? '' : ` (${known.join(', ')})`
}

/** The lines of a report, in the markup of a channel. */
export class ReportWriter {
  readonly #report: ReportData
  readonly #markup: Markup
  readonly #words: Words
  readonly #figures: Figures

  constructor(report: ReportData, markup: Markup) {
    this.#report = report
    this.#markup = markup
    this.#words = WORDS[report.language]
    this.#figures = new Figures(report)
  }

  get title(): string {
    return this.#words.title(this.#report.report)
  }

  get period(): string {
    const { start, end } = this.#report.period
    return this.#words.period(this.#figures.time(start), this.#figures.time(end), this.#report.timeZone)
  }

  get shortPeriod(): string {
    const { start, end } = this.#report.period
    return `${this.#figures.shortTime(start)} ~ ${this.#figures.shortTime(end)}`
  }

  sections(): Section[] {
    const { isComplete, topics, incidents, rankings } = this.#report
    return [
      ...(isComplete ? [] : [{ heading: '', lines: [this.#text(this.#words.incomplete)] }]),
      ...topics.map(topic => ({ heading: topic.topic, lines: this.topic(topic) })),
      ...rankings.map(ranking => ({
        heading: this.rankingHeading(ranking),
        ...this.ranking(ranking),
      })),
      ...(incidents ? [{ heading: this.#words.alerts, lines: this.incidents(incidents) }] : []),
      this.coverage(),
    ]
  }

  /** A topic in one line. */
  brief({ topic, total, net, before }: ReportTopic): string {
    const posts = this.#words.posts(this.#figures.number(total))
    const change = before && this.#figures.change(total, before.posts)
    const mood = net === null ? '' : `, ${this.#words.net(this.#figures.signed(net))}`
    return `${topic}: ${posts}${change ? ` ${change}` : ''}${mood}`
  }

  /** The lines of the rankings: a heading for each, and its terms. */
  briefRankings(): string[] {
    return this.#report.rankings.flatMap(ranking => [
      this.rankingHeading(ranking),
      ...(ranking.items.length === 0
        ? [this.#words.noRanking]
        : ranking.items.map(({ term, share }, i) => `${i + 1}. ${term} ${this.#figures.percent(share)}`)),
    ])
  }

  briefWarnings(): string[] {
    const { heading, lines } = this.coverage()
    return heading === '' ? [] : lines
  }

  rankingHeading({ source, snapshots }: ReportRanking): string {
    return this.#words.ranking(source, this.#figures.number(snapshots))
  }

  ranking({ items }: ReportRanking): Pick<Section, 'lines' | 'isNumbered'> {
    if (items.length === 0) return { lines: [this.#text(this.#words.noRanking)] }
    const lines = items.map(({ term, share, meanRank, isNew }, i) => {
      const rank = this.#words.rank(this.#figures.percent(share), this.#figures.decimal(meanRank))
      return this.#text(`${i + 1}. ${term}: ${rank}${isNew ? `, ${this.#words.isNew}` : ''}`)
    })
    return { lines, isNumbered: true }
  }

  topic(topic: ReportTopic): string[] {
    const { total, net, negative, share, before, weekBefore, languages, terms, rising, links } = topic
    const words = this.#words
    const lines: string[] = []
    if (net === null || negative === null) {
      lines.push(this.#text(words.few(this.#figures.number(total)) + this.#countsBefore(before, weekBefore)))
      if (total === 0) return lines
    } else {
      lines.push(
        this.#text(
          words.posts(this.#figures.number(total)) +
            listed([
              before && words.before(this.#figures.change(total, before.posts)),
              weekBefore && words.weekBefore(this.#figures.change(total, weekBefore.posts)),
            ]),
        ),
        this.#text(
          `${words.net(this.#figures.signed(net))}${this.#pointsOf(net, 'net', before, weekBefore)}; ` +
            `${words.negative(this.#figures.percent(negative))}${this.#pointsOf(negative, 'negative', before, null)}`,
        ),
      )
    }
    if (share !== null) lines.push(this.#text(words.share(this.#figures.percent(share))))
    if (languages.length > 1)
      lines.push(
        this.#text(
          `${words.languages}: ${languages.map(({ lang, posts }) => `${lang} ${this.#figures.number(posts)}`).join(', ')}`,
        ),
      )
    if (terms.length > 0)
      lines.push(this.#text(`${words.top}: ${terms.map(term => this.#term(term, false)).join(', ')}`))
    if (rising.length > 0)
      lines.push(this.#text(`${words.rising}: ${rising.map(term => this.#term(term, true)).join(', ')}`))
    if (links.length > 0) {
      const posts = links.map(
        ({ url, score }) =>
          `${this.#markup.link(url, this.#host(url))} ${this.#text(`(${this.#figures.score(score)})`)}`,
      )
      lines.push(`${this.#text(`${words.links}: `)}${posts.join(', ')}`)
    }
    return lines
  }

  #countsBefore(before: ReportComparison | null, weekBefore: ReportComparison | null): string {
    const { posts, before: onBefore, weekBefore: onWeek } = this.#words
    const change = (comparison: ReportComparison | null, on: (text: string) => string) =>
      comparison && on(posts(this.#figures.number(comparison.posts)))
    return listed([change(before, onBefore), change(weekBefore, onWeek)])
  }

  #pointsOf(
    value: number,
    key: 'net' | 'negative',
    before: ReportComparison | null,
    weekBefore: ReportComparison | null,
  ): string {
    const { before: onBefore, weekBefore: onWeek } = this.#words
    const change = (comparison: ReportComparison | null, on: (text: string) => string) => {
      const earlier = comparison?.[key]
      return earlier === null || earlier === undefined ? null : on(this.#figures.points(value, earlier))
    }
    return listed([change(before, onBefore), change(weekBefore, onWeek)])
  }

  #term({ term, posts, score, before }: ReportTerm, isRising: boolean): string {
    const notes = [
      ...(isRising && before !== null ? [this.#words.from(this.#figures.number(before))] : []),
      ...(score === null ? [] : [this.#figures.score(score)]),
    ]
    return `${term} ${this.#figures.number(posts)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`
  }

  incidents(incidents: NonNullable<ReportData['incidents']>): string[] {
    const { noAlerts, stillFiring } = this.#words
    if (incidents.length === 0) return [this.#text(noAlerts)]
    return incidents.map(({ alert, topic, summary, startsAt, endsAt }) => {
      const what = summary ?? (topic === null ? alert : `${alert} (${topic})`)
      const end = endsAt === null ? stillFiring : this.#figures.time(endsAt)
      return this.#text(`${what}: ${this.#figures.time(startsAt)} – ${end}`)
    })
  }

  coverage(): Section {
    const { stopped, sources } = this.#report.coverage
    const words = this.#words
    const lines = [
      ...(stopped > 0 ? [words.stopped(this.#figures.length(stopped))] : []),
      ...sources.flatMap(({ source, down, dropped }) => {
        const reasons = Object.entries(dropped).sort(([, a], [, b]) => b - a)
        const sum = reasons.reduce((total, [, n]) => total + n, 0)
        const named = reasons.map(([reason, n]) => `${reason} ${this.#figures.number(n)}`).join(', ')
        return [
          ...(down > 0 ? [words.down(source, this.#figures.length(down))] : []),
          ...(sum > 0 ? [words.dropped(source, this.#figures.number(sum), named)] : []),
        ]
      }),
    ]
    return lines.length === 0
      ? { heading: '', lines: [this.#text(words.nothingMissed)] }
      : { heading: words.missed, lines: lines.map(line => this.#text(line)) }
  }

  #text(text: string): string {
    return this.#markup.text(text)
  }

  #host(url: string): string {
    return URL.canParse(url) ? new URL(url).host : url
  }
}
