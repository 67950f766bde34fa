import type {
  ReportComparison,
  ReportEvent,
  ReportRanking,
  ReportTerm,
  ReportTopic,
} from '../events/report.ts'
import { codePoints, cut } from './cut.ts'
import { MARKDOWN, type Markup, TEXT } from './markup.ts'
import { WORDS, type Words } from './words.ts'

/** A report without what is written of it. */
export type ReportData = Omit<ReportEvent, 'title' | 'text' | 'markdown'>

/** A heading and the lines below it. */
export interface Section {
  /** Not marked up. */
  heading: string
  /** Marked up, without marks of a list. */
  lines: string[]
}

/** Writes the text of a report. */
export function withText(report: ReportData): ReportEvent {
  const { title } = new Writer(report, TEXT)
  return { ...report, title, text: reportText(report, TEXT), markdown: reportText(report, MARKDOWN) }
}

/** A report in the markup of a channel. */
export function reportText(report: ReportData, markup: Markup): string {
  const writer = new Writer(report, markup)
  const head = [markup.bold(markup.text(writer.title)), markup.text(writer.period)].join(markup.line)
  const sections = writer
    .sections()
    .map(({ heading, lines }) =>
      [
        ...(heading === '' ? [] : [markup.bold(markup.text(heading))]),
        ...lines.map(line => markup.item(line)),
      ].join(markup.line),
    )
  return [head, ...sections].join(markup.paragraph)
}

/** The sections of a report, for channels that lay them out themselves. */
export const reportSections = (report: ReportData, markup: Markup): Section[] =>
  new Writer(report, markup).sections()

/** The period of a report as a line. */
export const reportPeriod = (report: ReportData): string => new Writer(report, TEXT).period

/**
 * A report in at most this number of code points: a line for each topic and each term of a ranking, as far as there is
 * room, and how many are left out.
 * For channels such as KakaoTalk, whose texts have 200.
 */
export function briefReport(report: ReportData, most: number): string {
  const writer = new Writer(report, TEXT)
  const { more } = WORDS[report.language]
  const lines = [
    ...report.topics.map(topic => writer.brief(topic)),
    ...writer.briefRankings(),
    ...writer.briefWarnings(),
  ]
  let text = cut([writer.title, writer.shortPeriod].join('\n'), most)
  for (const [i, line] of lines.entries()) {
    const left = lines.length - i
    const rest = left > 1 ? `\n${more(left - 1)}` : ''
    if (codePoints(text) + 1 + codePoints(line) + codePoints(rest) > most) {
      const note = `\n${more(left)}`
      return codePoints(text) + codePoints(note) <= most ? text + note : text
    }
    text += `\n${line}`
  }
  return text
}

/** The changes that a line names: nothing where nothing is known. */
const listed = (changes: (string | null)[]): string => {
  const known = changes.filter(change => change !== null)
  return known.length === 0 ? '' : ` (${known.join(', ')})`
}

class Writer {
  readonly #report: ReportData
  readonly #markup: Markup
  readonly #words: Words
  readonly #locale: string

  constructor(report: ReportData, markup: Markup) {
    this.#report = report
    this.#markup = markup
    this.#words = WORDS[report.language]
    this.#locale = report.language
  }

  get title(): string {
    return this.#words.title(this.#report.report)
  }

  get period(): string {
    const { start, end } = this.#report.period
    return this.#words.period(this.#time(start), this.#time(end), this.#report.timeZone)
  }

  get shortPeriod(): string {
    const { period, timeZone } = this.#report
    const format = new Intl.DateTimeFormat(this.#locale, {
      timeZone,
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    return `${format.format(period.start)} ~ ${format.format(period.end)}`
  }

  sections(): Section[] {
    const { isComplete, topics, incidents, rankings } = this.#report
    return [
      ...(isComplete ? [] : [{ heading: '', lines: [this.#text(this.#words.incomplete)] }]),
      ...topics.map(topic => ({ heading: topic.topic, lines: this.#topic(topic) })),
      ...rankings.map(({ source, snapshots, items }) => ({
        heading: this.#words.ranking(source, this.#number(snapshots)),
        lines: this.#ranking(items),
      })),
      ...(incidents ? [{ heading: this.#words.alerts, lines: this.#incidents(incidents) }] : []),
      this.#coverage(),
    ]
  }

  /** One line of a topic: what counts most. */
  brief({ topic, total, net, before }: ReportTopic): string {
    const posts = this.#words.posts(this.#number(total))
    const change = before && this.#relative(total, before.posts)
    const mood = net === null ? '' : `, ${this.#words.net(this.#signed(net))}`
    return `${topic}: ${posts}${change ? ` ${change}` : ''}${mood}`
  }

  /** The lines of the rankings: a heading for each, and its terms. */
  briefRankings(): string[] {
    return this.#report.rankings.flatMap(({ source, snapshots, items }) => [
      this.#words.ranking(source, this.#number(snapshots)),
      ...(items.length === 0
        ? [this.#words.noRanking]
        : items.map(({ term, share }, i) => `${i + 1}. ${term} ${this.#percent(share)}`)),
    ])
  }

  briefWarnings(): string[] {
    const { heading, lines } = this.#coverage()
    return heading === '' ? [] : lines
  }

  #ranking(items: ReportRanking['items']): string[] {
    if (items.length === 0) return [this.#text(this.#words.noRanking)]
    return items.map(({ term, share, meanRank, isNew }, i) => {
      const rank = this.#words.rank(this.#percent(share), this.#decimal(meanRank))
      return this.#text(`${i + 1}. ${term}: ${rank}${isNew ? `, ${this.#words.isNew}` : ''}`)
    })
  }

  #topic(topic: ReportTopic): string[] {
    const { total, net, negative, share, before, weekBefore, languages, terms, rising, links } = topic
    const words = this.#words
    const lines: string[] = []
    if (net === null || negative === null) {
      lines.push(this.#text(words.few(this.#number(total)) + this.#countsBefore(before, weekBefore)))
      if (total === 0) return lines
    } else {
      lines.push(
        this.#text(
          words.posts(this.#number(total)) +
            listed([
              before && words.before(this.#relative(total, before.posts)),
              weekBefore && words.weekBefore(this.#relative(total, weekBefore.posts)),
            ]),
        ),
        this.#text(
          `${words.net(this.#signed(net))}${this.#pointsOf(net, 'net', before, weekBefore)}; ` +
            `${words.negative(this.#percent(negative))}${this.#pointsOf(negative, 'negative', before, null)}`,
        ),
      )
    }
    if (share !== null) lines.push(this.#text(words.share(this.#percent(share))))
    if (languages.length > 1)
      lines.push(
        this.#text(
          `${words.languages}: ${languages.map(({ lang, posts }) => `${lang} ${this.#number(posts)}`).join(', ')}`,
        ),
      )
    if (terms.length > 0)
      lines.push(this.#text(`${words.top}: ${terms.map(term => this.#term(term, false)).join(', ')}`))
    if (rising.length > 0)
      lines.push(this.#text(`${words.rising}: ${rising.map(term => this.#term(term, true)).join(', ')}`))
    if (links.length > 0) {
      const posts = links.map(
        ({ url, score }) =>
          `${this.#markup.link(url, this.#host(url))} ${this.#text(`(${this.#score(score)})`)}`,
      )
      lines.push(`${this.#text(`${words.links}: `)}${posts.join(', ')}`)
    }
    return lines
  }

  #countsBefore(before: ReportComparison | null, weekBefore: ReportComparison | null): string {
    const { posts, before: onBefore, weekBefore: onWeek } = this.#words
    const change = (comparison: ReportComparison | null, on: (text: string) => string) =>
      comparison && on(posts(this.#number(comparison.posts)))
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
      return earlier === null || earlier === undefined ? null : on(this.#points(value - earlier))
    }
    return listed([change(before, onBefore), change(weekBefore, onWeek)])
  }

  #term({ term, posts, score, before }: ReportTerm, isRising: boolean): string {
    const notes = [
      ...(isRising && before !== null ? [this.#words.from(this.#number(before))] : []),
      ...(score === null ? [] : [this.#score(score)]),
    ]
    return `${term} ${this.#number(posts)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`
  }

  #incidents(incidents: NonNullable<ReportData['incidents']>): string[] {
    const { noAlerts, stillFiring } = this.#words
    if (incidents.length === 0) return [this.#text(noAlerts)]
    return incidents.map(({ alert, topic, summary, startsAt, endsAt }) => {
      const what = summary ?? (topic === null ? alert : `${alert} (${topic})`)
      const end = endsAt === null ? stillFiring : this.#time(endsAt)
      return this.#text(`${what}: ${this.#time(startsAt)} – ${end}`)
    })
  }

  #coverage(): Section {
    const { stopped, sources } = this.#report.coverage
    const words = this.#words
    const lines = [
      ...(stopped > 0 ? [words.stopped(this.#length(stopped))] : []),
      ...sources.flatMap(({ source, down, dropped }) => {
        const reasons = Object.entries(dropped).sort(([, a], [, b]) => b - a)
        const sum = reasons.reduce((total, [, n]) => total + n, 0)
        const named = reasons.map(([reason, n]) => `${reason} ${this.#number(n)}`).join(', ')
        return [
          ...(down > 0 ? [words.down(source, this.#length(down))] : []),
          ...(sum > 0 ? [words.dropped(source, this.#number(sum), named)] : []),
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

  #time(at: number): string {
    return new Intl.DateTimeFormat(this.#locale, {
      timeZone: this.#report.timeZone,
      dateStyle: 'medium',
      timeStyle: 'short',
      hourCycle: 'h23',
    }).format(at)
  }

  #length(ms: number): string {
    const minutes = Math.round(ms / 60_000)
    return minutes < 120
      ? this.#words.minutes(this.#number(minutes))
      : this.#words.hours(this.#decimal(minutes / 60))
  }

  #number(n: number): string {
    return new Intl.NumberFormat(this.#locale).format(n)
  }

  #decimal(n: number): string {
    return new Intl.NumberFormat(this.#locale, { maximumFractionDigits: 1 }).format(n)
  }

  #percent(share: number): string {
    return new Intl.NumberFormat(this.#locale, { style: 'percent', maximumFractionDigits: 0 }).format(share)
  }

  #signed(share: number): string {
    return new Intl.NumberFormat(this.#locale, {
      style: 'percent',
      maximumFractionDigits: 0,
      signDisplay: 'exceptZero',
    }).format(share)
  }

  /** How many more, of a hundred; in posts where there were too few before for a percentage to mean anything. */
  #relative(now: number, before: number): string {
    if (now === before) return this.#words.none
    if (before < this.#report.few) {
      const change = new Intl.NumberFormat(this.#locale, { signDisplay: 'always' }).format(now - before)
      return change
    }
    return this.#signed(now / before - 1)
  }

  #points(change: number): string {
    const points = Math.round(change * 100)
    if (points === 0) return this.#words.none
    return this.#words.points(new Intl.NumberFormat(this.#locale, { signDisplay: 'always' }).format(points))
  }

  #score(score: number): string {
    return new Intl.NumberFormat(this.#locale, {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
      signDisplay: 'exceptZero',
    }).format(score)
  }
}
