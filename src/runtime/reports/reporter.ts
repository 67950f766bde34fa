import { Schedule } from '../../config/schedule.ts'
import { messageOf } from '../../plugin/message-of.ts'
import type { PluginStore } from '../../plugin/store.ts'
import { REPORTS } from '../checkpoints/kept.ts'
import type { KeptValue } from '../checkpoints/store/messages.ts'
import type { ExporterLog } from '../log.ts'
import type { Outbox } from '../outputs/outbox.ts'
import { buildReport, periodOf, type ReportSource } from './build.ts'
import type { ReportSpec } from './report-spec.ts'

/** How far event time must be past the end of a period, in milliseconds. */
const LATENESS_MS = 5000

/** How long a report waits for that, in milliseconds. Then it is made nevertheless, and marked as incomplete. */
const PATIENCE_MS = 5 * 60_000

/** The maximum of missed reports that are made for each name, latest first. */
const MOST_MISSED = 10

/**
 * Stored times further in the future than this come from a wrong clock, since no report is due so late; milliseconds.
 */
const AHEAD_MS = 8 * 86_400_000

export interface ReporterPorts {
  log: ExporterLog
  outbox: Pick<Outbox, 'enqueue'>
  /** Values under {@link REPORTS}. */
  store: PluginStore
  /** The current data for reports. */
  source(): ReportSource
  /** Names of the outputs that take reports. */
  outputs(): string[]
  count(report: string, result: 'sent' | 'skipped'): void
  /** Milliseconds of a monotonic clock. */
  monotonic?(): number
}

interface Timetable {
  spec: ReportSpec
  schedule: Schedule
  /** When the last report that was made or skipped was due; null until it is read. */
  last: number
  /** The occurrence after `last`; null if there is none. */
  next: number | null
  /** A report is being stored. */
  isBusy: boolean
  /** The due report that waits for event time, and when the wait began by the monotonic clock. */
  waiting: { at: number; since: number } | null
}

/**
 * Makes each report once, when it is due: that it was made is stored with the report, in one transaction. A report
 * that was missed while the exporter did not run is made at the next start. All times are Unix milliseconds.
 */
export class Reporter {
  readonly #ports: ReporterPorts
  readonly #monotonic: () => number
  #timetables: Timetable[] = []
  /** Reports that are being stored. */
  readonly #making = new Set<Promise<void>>()

  constructor(ports: ReporterPorts) {
    this.#ports = ports
    this.#monotonic = ports.monotonic ?? (() => performance.now())
  }

  /** When the last report of each name was due. */
  *last(): Generator<[report: string, at: number]> {
    for (const { spec, last } of this.#timetables) yield [spec.name, last]
  }

  /** Adopts the reports of a configuration. A new report is first due after now. */
  async configure(specs: readonly ReportSpec[], now: number): Promise<void> {
    const { store, log } = this.#ports
    // A report that is being stored must be read as made.
    this.#timetables = []
    await Promise.all(this.#making)
    const timetables: Timetable[] = []
    for (const spec of specs) {
      const schedule = new Schedule(spec.cron, spec.timeZone)
      let last = (await store.get(keyOf(spec))) as number | undefined
      if (typeof last !== 'number') {
        last = now
        await store.set(keyOf(spec), last)
      } else if (last > now + AHEAD_MS) {
        log.warn(
          { report: spec.name, last: new Date(last).toISOString() },
          'the last report was made in the future: the clock was wrong then. Reports begin again from now',
        )
        last = now
        await store.set(keyOf(spec), last)
      }
      timetables.push({ spec, schedule, last, next: schedule.next(last), isBusy: false, waiting: null })
    }
    for (const key of await store.keys())
      if (key.startsWith(PREFIX) && specs.every(spec => keyOf(spec) !== key)) await store.delete(key)
    this.#timetables = timetables
  }

  /** Makes due reports. Called about once a second. */
  tick(now: number, watermark: number): void {
    for (const timetable of this.#timetables) {
      const at = this.#dueAt(timetable, now)
      if (at === null) {
        timetable.waiting = null
        continue
      }
      const { history } = this.#ports.source().state
      const { end } = periodOf(timetable.spec, at, history?.shape.slice ?? 1)
      const isComplete = watermark >= end + LATENESS_MS
      if (timetable.waiting?.at !== at) timetable.waiting = { at, since: this.#monotonic() }
      const isPatient = this.#monotonic() - timetable.waiting.since < PATIENCE_MS
      if (!isComplete && isPatient) continue
      const making = this.#make(timetable, at, isComplete)
      this.#making.add(making)
      void making.then(() => this.#making.delete(making))
    }
  }

  /** When the next report to make was due; null if none is. Skips those beyond the maximum. */
  #dueAt(timetable: Timetable, now: number): number | null {
    const { schedule, last, next, isBusy, spec } = timetable
    if (isBusy || next === null || next > now) return null
    const missed = schedule.last(MOST_MISSED + 1, now).filter(at => at > last)
    if (missed.length <= MOST_MISSED) return next
    this.#ports.log.warn(
      { report: spec.name, since: new Date(last).toISOString(), made: MOST_MISSED },
      'more reports were missed than are made: the earliest are left out',
    )
    this.#ports.count(spec.name, 'skipped')
    passOver(timetable, missed.at(-1) as number)
    return timetable.next
  }

  async #make(timetable: Timetable, at: number, isComplete: boolean): Promise<void> {
    const { spec } = timetable
    const { log, outbox, outputs, source, count } = this.#ports
    timetable.isBusy = true
    try {
      const taking = outputs()
      const to = spec.to?.filter(name => taking.includes(name)) ?? taking
      const mark: KeptValue = { plugin: REPORTS, key: keyOf(spec), value: JSON.stringify(at) }
      const report = buildReport(spec, at, source(), isComplete, false, reason =>
        log.warn({ report: spec.name, reason }, 'a template could not write a report: it has the usual text'),
      )
      await outbox.enqueue(report, to, mark)
      passOver(timetable, at)
      count(spec.name, 'sent')
      if (to.length > 0) log.info({ report: spec.name, key: report.key, outputs: to }, 'a report was made')
      else log.warn({ report: spec.name, key: report.key }, 'a report is due, and no output takes reports')
      // Without a state directory the mark was not stored with it. With one, this stores the same value again.
      await this.#ports.store.set(keyOf(spec), at).catch(() => {})
    } catch (error) {
      log.error({ report: spec.name, error: messageOf(error) }, 'a report could not be built')
      passOver(timetable, at)
      count(spec.name, 'skipped')
    } finally {
      timetable.isBusy = false
      timetable.waiting = null
    }
  }
}

/** Marks the report that was due at this time, and those before it, as made. */
function passOver(timetable: Timetable, at: number): void {
  timetable.last = at
  timetable.next = timetable.schedule.next(at)
}

const PREFIX = 'last '
const keyOf = ({ name }: ReportSpec) => `${PREFIX}${name}`
