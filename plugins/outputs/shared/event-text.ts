import { type AlertEvent, alertText, type Markup, type ReportEvent, reportText } from 'mood-exporter/plugin'

/** A report or alerts in the markup of a channel. */
export const eventText = (event: ReportEvent | AlertEvent, markup: Markup): string =>
  event.kind === 'report' ? reportText(event, markup) : alertText(event, markup)
