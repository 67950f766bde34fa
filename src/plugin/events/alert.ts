/** One alert of a group. */
export interface Alert {
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  /** Unix milliseconds. */
  startsAt: number
  /** Null while it fires. */
  endsAt: number | null
  /** Where the expression of the alert can be looked at; empty where Alertmanager does not say. */
  generatorUrl: string
  /** Tells the alert from others, by its labels. */
  fingerprint: string
}

/** A group of alerts that Alertmanager notifies of, those that are resolved included. */
export interface AlertEvent {
  kind: 'alert'
  /** `alert/…`: a hash of the group, its alerts and their states. */
  key: string
  /** `resolved` where every alert of the group is. */
  status: 'firing' | 'resolved'
  /** The receiver's name in Alertmanager's configuration. */
  receiver: string
  groupKey: string
  groupLabels: Record<string, string>
  commonLabels: Record<string, string>
  commonAnnotations: Record<string, string>
  /** Alertmanager's address for people. */
  externalUrl: string
  alerts: Alert[]
  /** Alerts of the group that Alertmanager left out (`max_alerts`). */
  truncated: number
  /** The group for people: one line, plain text, and Markdown. */
  title: string
  text: string
  markdown: string
}
