import { createHash, timingSafeEqual } from 'node:crypto'
import type { Alert, AlertEvent } from '../../plugin/events/alert.ts'
import type { ReportIncident } from '../../plugin/events/report.ts'
import type { PluginStore } from '../../plugin/store.ts'
import { INCIDENTS, REPORTS } from '../checkpoints/kept.ts'
import type { ExporterLog } from '../log.ts'
import type { Outbox } from '../outputs/outbox.ts'

/** How many keys of received events are kept, so that a repeated notification is one event. */
const MOST_KEYS = 1000

export interface AlertReceiverPorts {
  log: ExporterLog
  outbox: Pick<Outbox, 'enqueue'>
  /** Stores incidents under {@link REPORTS}. */
  store: PluginStore
  /** Names of the outputs that take alerts. */
  outputs(): string[]
  /** The section `alertmanager`; null if there is none. */
  options(): { token: string | null; to: readonly string[] | null } | null
  count(result: 'taken' | 'repeated' | 'refused'): void
}

/**
 * How a request is admitted: with the token, without one because none is configured, not at all because of a wrong
 * one, or because the configuration has no section `alertmanager`.
 */
export type AlertAdmission = 'token' | 'open' | 'refused' | 'absent'

/** The answer to Alertmanager: an HTTP status, and a line with the reason. */
export interface AlertAnswer {
  status: number
  line: string
}

/** Receives notifications from Alertmanager and passes them to outputs. */
export class AlertReceiver {
  readonly #ports: AlertReceiverPorts
  /** Recently received events, by key. */
  readonly #taken = new Map<string, Promise<void>>()
  #incidents: KeptIncident[] = []

  constructor(ports: AlertReceiverPorts) {
    this.#ports = ports
  }

  /** Recent incidents; null if no Alertmanager is configured. */
  get incidents(): readonly KeptIncident[] | null {
    return this.#ports.options() ? this.#incidents : null
  }

  /** Reads the stored incidents. */
  async open(): Promise<void> {
    this.#incidents = ((await this.#ports.store.get(INCIDENTS)) ?? []) as unknown as KeptIncident[]
  }

  /** The admission of a request with this `Authorization` header. */
  admits(authorization: string | undefined): AlertAdmission {
    const options = this.#ports.options()
    if (!options) return 'absent'
    if (options.token === null) return 'open'
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? ''
    return timingSafeEqual(digest(given), digest(options.token)) ? 'token' : 'refused'
  }

  /** Resolves once the event of a notification is stored. @param body JSON */
  async receive(body: string, now = Date.now()): Promise<AlertAnswer> {
    const { count, log } = this.#ports
    // Loaded with the first notification: validation takes 8 MB.
    const { alertEventOf } = await import('./notification.ts')
    const event = alertEventOf(body, now)
    if (typeof event === 'string') {
      count('refused')
      log.warn({ problem: event }, 'a notification of Alertmanager was rejected')
      return { status: 400, line: `This is no notification of Alertmanager: ${event}` }
    }
    const known = this.#taken.get(event.key)
    if (known) {
      count('repeated')
      await known
      return { status: 200, line: 'It was taken before.' }
    }
    const taken = this.#take(event, now)
    this.#remember(event.key, taken)
    await taken
    count('taken')
    return { status: 200, line: 'Taken.' }
  }

  async #take(event: AlertEvent, now: number): Promise<void> {
    const { outbox, outputs, options, log } = this.#ports
    this.#incidents = withAlerts(this.#incidents, event.alerts, now)
    const taking = outputs()
    const to = options()?.to?.filter(name => taking.includes(name)) ?? taking
    if (to.length === 0) log.warn({ key: event.key }, 'alerts arrived, and no output takes alerts')
    const value = JSON.stringify(this.#incidents)
    await outbox.enqueue(event, to, { plugin: REPORTS, key: INCIDENTS, value })
  }

  #remember(key: string, taken: Promise<void>): void {
    this.#taken.set(key, taken)
    for (const oldest of this.#taken.keys()) {
      if (this.#taken.size <= MOST_KEYS) return
      this.#taken.delete(oldest)
    }
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

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
