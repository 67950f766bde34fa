import { parseTime } from 'mood-exporter/plugin'

/** The beginning of the lines with the start and date of a log: Chatty's `LogWriter`. */
export const SESSION_PREFIX = '# Log started: '

/** The start of a log, in the local time of the logging machine. */
export interface Session {
  /** The local time as if it were UTC: milliseconds since 1970-01-01. */
  readonly local: number
  /** The offset from UTC: milliseconds. */
  readonly offset: number
}

const STARTED = /^# Log started: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([+-]\d{4})$/

/** Parses `# Log started: 2021-11-19 12:15:30 +0900`; undefined for anything else. */
export function sessionOf(header: string | undefined): Session | undefined {
  const [, written, zone] = STARTED.exec(header?.trimEnd() ?? '') ?? []
  if (written === undefined) return undefined
  const local = parseTime(`${written}Z`)
  const time = parseTime(`${written}${zone}`)
  return Number.isNaN(local) || Number.isNaN(time) ? undefined : { local, offset: local - time }
}

const DATED = /^(\d{4}-\d\d-\d\d)_/

/** The date at the start of a log's name (`2021-11-19_#channel.log`) as midnight UTC; undefined without one. */
export function dateInName(path: string | undefined): number | undefined {
  if (path === undefined) return undefined
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  const date = parseTime(DATED.exec(name)?.[1] ?? '')
  return Number.isNaN(date) ? undefined : date
}
