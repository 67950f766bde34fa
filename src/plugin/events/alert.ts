/** One alert of a group. */
export interface Alert {
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  /** Unix milliseconds. */
  startsAt: number
  /** Null while it fires. */
  endsAt: number | null
  /** The link to the expression of the alert; empty if Alertmanager sends none. */
  generatorUrl: string
  /** Identifies the alert, by its labels. */
  fingerprint: string
}

/** A group of alerts in a notification from Alertmanager, resolved ones included. */
export interface AlertEvent {
  kind: 'alert'
  /** `alert/…`: a hash of the group, its alerts and their states. */
  key: string
  /** `resolved` if every alert of the group is. */
  status: 'firing' | 'resolved'
  /** The name of the receiver in Alertmanager's configuration. */
  receiver: string
  groupKey: string
  groupLabels: Record<string, string>
  commonLabels: Record<string, string>
  commonAnnotations: Record<string, string>
  /** The external URL of Alertmanager. */
  externalUrl: string
  alerts: Alert[]
  /** Alerts of the group that Alertmanager left out (`max_alerts`). */
  truncated: number
  /** The text of the notification: one line, plain text, and Markdown. */
  title: string
  text: string
  markdown: string
}
