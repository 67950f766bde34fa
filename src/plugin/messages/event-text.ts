import type { AlertData } from './alert.ts'
import { alertText } from './alert.ts'
import type { Markup } from './markup.ts'
import { reportText } from './report.ts'
import type { ReportData } from './report-data.ts'

/** The text of a report or of a group of alerts in the markup of a channel. */
export const eventText = (event: ReportData | AlertData, markup: Markup): string =>
  event.kind === 'report' ? reportText(event, markup) : alertText(event, markup)
