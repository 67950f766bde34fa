import type { Alert, AlertEvent } from '../events/alert.ts'
import { codePoints, cut } from './cut.ts'
import { MARKDOWN, type Markup, TEXT } from './markup.ts'

/** A group of alerts without its texts. */
export type AlertData = Omit<AlertEvent, 'title' | 'text' | 'markdown'>

/** Writes the text of a group of alerts. */
export const withAlertText = (alert: AlertData): AlertEvent => ({
  ...alert,
  title: titleOf(alert),
  text: alertText(alert, TEXT),
  markdown: alertText(alert, MARKDOWN),
})

/** The text of a group of alerts in the markup of a channel, firing alerts first. */
export function alertText(group: AlertData, markup: Markup): string {
  const lines = byStatus(group).map(alert => markup.item(lineOf(alert, markup)))
  if (group.truncated > 0) lines.push(markup.item(markup.text(`… ${group.truncated} more`)))
  return [markup.bold(markup.text(titleOf(group))), ...lines].join(markup.line)
}

/** The same in at most this number of code points, with the number of alerts left out. */
export function briefAlert(group: AlertData, most: number): string {
  let text = cut(titleOf(group), most)
  const alerts = byStatus(group)
  for (const [i, alert] of alerts.entries()) {
    const left = alerts.length - i + group.truncated
    const line = `\n${lineOf(alert, TEXT)}`
    const rest = left > 1 ? `\n… ${left - 1} more` : ''
    if (codePoints(text) + codePoints(line) + codePoints(rest) > most) {
      const room = most - codePoints(text) - codePoints(rest)
      // The first alert is cut rather than left out.
      if (i === 0 && room > 10) return text + cut(line, room) + rest
      const note = `\n… ${left} more`
      return codePoints(text) + codePoints(note) <= most ? text + note : text
    }
    text += line
  }
  return group.truncated > 0 ? `${text}\n… ${group.truncated} more` : text
}

/** `[FIRING:2] MoodTurnsNegative galaxy`, like the default templates of Alertmanager. */
function titleOf({ status, alerts, groupLabels, commonLabels }: AlertData): string {
  const firing = alerts.filter(alert => alert.status === 'firing').length
  const count = status === 'firing' ? `:${firing}` : ''
  const { alertname } = commonLabels
  const values = Object.entries(groupLabels)
    .filter(([name]) => name !== 'alertname')
    .map(([, value]) => value)
  const what = [alertname ?? groupLabels.alertname, ...values].filter(
    part => part !== undefined && part !== '',
  )
  return `[${status.toUpperCase()}${count}] ${what.join(' ') || 'alerts'}`
}

const byStatus = ({ alerts }: AlertData): Alert[] =>
  alerts.toSorted((a, b) => (a.status === b.status ? 0 : a.status === 'firing' ? -1 : 1))

function lineOf({ status, labels, annotations }: Alert, markup: Markup): string {
  const { summary, description, dashboard_url: dashboard } = annotations
  const what = summary ?? description ?? labels.alertname ?? 'an alert'
  const more =
    summary !== undefined && description !== undefined && description !== summary ? `: ${description}` : ''
  const ended = status === 'resolved' ? ' (resolved)' : ''
  const link = dashboard && /^https?:\/\//.test(dashboard) ? ` ${markup.link(dashboard, 'dashboard')}` : ''
  return `${markup.text(what + more + ended)}${link}`
}
