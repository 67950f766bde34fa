import type { ReportData } from './report-data.ts'
import { WORDS, type Words } from './words.ts'

/** Formats the numbers and times of a report in its language and time zone. */
export class Figures {
  readonly #locale: string
  readonly #timeZone: string
  readonly #few: number
  readonly #words: Words

  constructor({ language, timeZone, few }: Pick<ReportData, 'language' | 'timeZone' | 'few'>) {
    this.#locale = language
    this.#timeZone = timeZone
    this.#few = few
    this.#words = WORDS[language]
  }

  /** @param at Unix milliseconds */
  time(at: number): string {
    return this.#date(at, { dateStyle: 'medium', timeStyle: 'short' })
  }

  /** A date without the year. */
  shortTime(at: number): string {
    return this.#date(at, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' })
  }

  #date(at: number, style: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.#locale, {
      timeZone: this.#timeZone,
      hourCycle: 'h23',
      ...style,
    }).format(at)
  }

  /** @param ms milliseconds */
  length(ms: number): string {
    const minutes = Math.round(ms / 60_000)
    return minutes < 120
      ? this.#words.minutes(this.number(minutes))
      : this.#words.hours(this.decimal(minutes / 60))
  }

  number(n: number): string {
    return new Intl.NumberFormat(this.#locale).format(n)
  }

  decimal(n: number): string {
    return new Intl.NumberFormat(this.#locale, { maximumFractionDigits: 1 }).format(n)
  }

  /** @param share from 0 to 1 */
  percent(share: number): string {
    return new Intl.NumberFormat(this.#locale, { style: 'percent', maximumFractionDigits: 0 }).format(share)
  }

  /** @param share from -1 to 1 */
  signed(share: number): string {
    return new Intl.NumberFormat(this.#locale, {
      style: 'percent',
      maximumFractionDigits: 0,
      signDisplay: 'exceptZero',
    }).format(share)
  }

  /** A change as a percentage, or in posts if there were too few before for a percentage to be meaningful. */
  change(now: number, before: number): string {
    if (now === before) return this.#words.none
    if (before < this.#few)
      return new Intl.NumberFormat(this.#locale, { signDisplay: 'always' }).format(now - before)
    return this.signed(now / before - 1)
  }

  /** The difference of two shares, in percentage points. */
  points(now: number, before: number): string {
    const points = Math.round((now - before) * 100)
    if (points === 0) return this.#words.none
    return this.#words.points(new Intl.NumberFormat(this.#locale, { signDisplay: 'always' }).format(points))
  }

  /** @param score from -1 to 1 */
  score(score: number): string {
    return new Intl.NumberFormat(this.#locale, {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
      signDisplay: 'exceptZero',
    }).format(score)
  }
}
