import { createHash } from 'node:crypto'
import type { AlertEvent } from '../../plugin/events/alert.ts'
import { z } from '../../plugin/index.ts'
import { withAlertText } from '../../plugin/messages/alert.ts'

/**
 * A group that is received again within this time is the same event: Alertmanager repeats unanswered notifications.
 */
const SAME_MS = 5 * 60_000

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform(value => value ?? {})
const time = z.iso.datetime({ offset: true }).transform(text => Date.parse(text))

/**
 * The body that Alertmanager sends to a webhook.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
const notificationSchema = z.object({
  version: z.literal('4', { error: 'expected version "4"' }),
  groupKey: z.string(),
  truncatedAlerts: z
    .int()
    .min(0)
    .nullish()
    .transform(n => n ?? 0),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string(),
  groupLabels: texts,
  commonLabels: texts,
  commonAnnotations: texts,
  externalURL: z
    .string()
    .nullish()
    .transform(url => url ?? ''),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: texts,
        annotations: texts,
        startsAt: time,
        /** Year 1 while the alert fires. */
        endsAt: time.nullish(),
        generatorURL: z
          .string()
          .nullish()
          .transform(url => url ?? ''),
        fingerprint: z
          .string()
          .nullish()
          .transform(text => text ?? ''),
      }),
    )
    .min(1)
    .max(10_000),
})

/**
 * The event of a notification.
 *
 * @param body JSON
 * @param receivedAt Unix milliseconds
 * @returns the problem as text if it is not valid
 */
export function alertEventOf(body: string, receivedAt: number): AlertEvent | string {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return 'expected JSON'
  }
  const parsed = notificationSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return `${issue?.path.join('.') || 'the body'}: ${issue?.message}`
  }
  const {
    groupKey,
    status,
    receiver,
    groupLabels,
    commonLabels,
    commonAnnotations,
    externalURL,
    truncatedAlerts,
  } = parsed.data
  const alerts = parsed.data.alerts.map(({ endsAt, generatorURL, ...alert }) => ({
    ...alert,
    endsAt: alert.status === 'resolved' && endsAt ? endsAt : null,
    generatorUrl: generatorURL,
  }))
  const said = JSON.stringify([
    groupKey,
    receiver,
    alerts.map(({ fingerprint, labels, status, startsAt }) => [fingerprint || labels, status, startsAt]),
  ])
  const hash = createHash('sha256').update(said).digest('hex').slice(0, 32)
  return withAlertText({
    kind: 'alert',
    key: `alert/${Math.floor(receivedAt / SAME_MS)}/${hash}`,
    status,
    receiver,
    groupKey,
    groupLabels,
    commonLabels,
    commonAnnotations,
    externalUrl: externalURL,
    alerts,
    truncated: truncatedAlerts,
  })
}
