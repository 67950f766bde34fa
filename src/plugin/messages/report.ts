import type { ReportEvent } from '../events/report.ts'
import { codePoints, cut } from './cut.ts'
import { MARKDOWN, type Markup, TEXT } from './markup.ts'
import type { ReportData } from './report-data.ts'
import { ReportWriter, type Section, sectionLines } from './report-writer.ts'
import { renderTemplate } from './template.ts'
import { WORDS } from './words.ts'

export type { ReportData } from './report-data.ts'
export { type Section, sectionLines } from './report-writer.ts'

/** Adds the texts of a report. */
export function withText(report: ReportData): ReportEvent {
  const { title } = new ReportWriter(report, TEXT)
  return { ...report, title, text: reportText(report, TEXT), markdown: reportText(report, MARKDOWN) }
}

/** A report in the markup of a channel: by its template, if it has one. */
export function reportText(report: ReportData, markup: Markup): string {
  if (report.template !== undefined) return renderTemplate(report.template, report, markup)
  const writer = new ReportWriter(report, markup)
  const head = [markup.bold(markup.text(writer.title)), markup.text(writer.period)].join(markup.line)
  const sections = writer
    .sections()
    .map(section =>
      [
        ...(section.heading === '' ? [] : [markup.bold(markup.text(section.heading))]),
        ...sectionLines(section, markup),
      ].join(markup.line),
    )
  return [head, ...sections].join(markup.paragraph)
}

/** The sections of a report, for channels with a layout of their own. */
export const reportSections = (report: ReportData, markup: Markup): Section[] =>
  new ReportWriter(report, markup).sections()

/** The period of a report as a line. */
export const reportPeriod = (report: ReportData): string => new ReportWriter(report, TEXT).period

/**
 * A report in at most this number of code points: as many lines as fit, one for each topic and each term of a
 * ranking, or the lines of its template, and how many are left out. For channels such as KakaoTalk, whose texts are
 * limited to 200.
 */
export function briefReport(report: ReportData, most: number): string {
  const { more } = WORDS[report.language]
  const { head, lines } = briefLines(report)
  let text = cut(head, most)
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

function briefLines(report: ReportData): { head: string; lines: string[] } {
  if (report.template !== undefined) {
    const [head = '', ...lines] = reportText(report, TEXT).split('\n')
    return { head, lines: lines.filter(line => line.trim() !== '') }
  }
  const writer = new ReportWriter(report, TEXT)
  return {
    head: `${writer.title}\n${writer.shortPeriod}`,
    lines: [
      ...report.topics.map(topic => writer.brief(topic)),
      ...writer.briefRankings(),
      ...writer.briefWarnings(),
    ],
  }
}
