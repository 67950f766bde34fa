import type { Alert } from '../../plugin/events/alert.ts'
import type { ReportIncident } from '../../plugin/events/report.ts'

/** How many are kept, and for how long (milliseconds): longer than a report period and the week before it. */
const MOST = 500
const KEPT_MS = 16 * 86_400_000

/** An incident with its key. */
export type KeptIncident = ReportIncident & { id: string }

/** Applies alerts to the incidents: each alert is an incident from when it fired until it is resolved. */
export function withAlerts(
  known: readonly KeptIncident[],
  alerts: readonly Alert[],
  now: number,
): KeptIncident[] {
  const incidents = new Map(known.map(incident => [incident.id, incident]))
  for (const { fingerprint, labels, annotations, startsAt, endsAt } of alerts) {
    const id = `${fingerprint || JSON.stringify(labels)} ${startsAt}`
    incidents.set(id, {
      id,
      alert: labels.alertname ?? '',
      topic: labels.topic ?? null,
      summary: annotations.summary ?? null,
      startsAt,
      endsAt,
    })
  }
  return [...incidents.values()]
    .filter(({ endsAt, startsAt }) => (endsAt ?? Math.max(startsAt, now)) > now - KEPT_MS)
    .sort((a, b) => a.startsAt - b.startsAt)
    .slice(-MOST)
}
