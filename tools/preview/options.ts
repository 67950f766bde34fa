import { parseArgs } from 'node:util'
import { duration } from '../../src/plugin/index.ts'
import { moment, type TimeRange } from './time.ts'

export const USAGE = `Draws the dashboards from their JSON and real query results, without Grafana.

npm run preview -- [options]

  --prometheus URL    ask this Prometheus; without it the demo and a Prometheus are started
  --warm-up TIME      how long those run before anything is drawn (default 2m)
  --incident-every TIME, --incident-length TIME
                      when the demo has incidents (default 5m and 1m)
  --dashboard NAME    only this one: mood, brands, trends or exporter; with trends, or without this option, the exporter
                      also reads a ranking, of a server of its own
  --var NAME=VALUE    choose a value of a variable; more than once for more
  --minutes N         show the last N minutes (default: the dashboard's, or since the demo was started)
  --from TIME, --to TIME
                      show this time range: now-15m, or 2026-01-31T12:00:00Z
  --out FOLDER        where pages are written (default: a folder of the system for what is temporary)
  --png               take pictures of them as well, with Chromium
  --width PIXELS      how wide a page is (default 1280)
  --open-port PORT    serve the pages there instead, and reload them when a dashboard changes; 0 chooses a port
`

const OPTIONS = {
  prometheus: { type: 'string' },
  'warm-up': { type: 'string', default: '2m' },
  'incident-every': { type: 'string', default: '5m' },
  'incident-length': { type: 'string', default: '1m' },
  dashboard: { type: 'string' },
  var: { type: 'string', multiple: true },
  minutes: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string', default: 'now' },
  out: { type: 'string' },
  png: { type: 'boolean', default: false },
  width: { type: 'string', default: '1280' },
  'open-port': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

function number(name: string, text: string, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > most)
    throw new Error(`--${name}: expected a whole number up to ${most}, got "${text}"`)
  return value
}

function milliseconds(name: string, text: string): number {
  const { data } = duration().safeParse(text)
  if (data === undefined)
    throw new Error(`--${name}: expected a time with its unit, such as "90s", got "${text}"`)
  return data
}

/**
 * The options of the command line.
 * @throws Error with one line for an invalid option
 */
export function parseOptions(args: string[]) {
  const { values } = parseArgs({ args, options: OPTIONS, strict: true })
  const chosen = (values.var ?? []).map(pair => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(pair) ?? []
    if (name === undefined || value === undefined)
      throw new Error(`--var: expected NAME=VALUE, got "${pair}"`)
    return [name, value] as const
  })
  const warmUp = milliseconds('warm-up', values['warm-up'])
  milliseconds('incident-every', values['incident-every'])
  milliseconds('incident-length', values['incident-length'])
  const minutes = values.minutes === undefined ? undefined : number('minutes', values.minutes, 1_000_000)
  const { prometheus, from, to } = values
  /** The time range to show, for a dashboard whose default range begins at `usual`. */
  const range = (usual: string, now: number): TimeRange => {
    const sinceStart = prometheus === undefined ? `now-${Math.ceil(warmUp / 1000)}s` : usual
    const begin = from ?? (minutes === undefined ? sinceStart : `now-${minutes}m`)
    const found = { from: moment(begin, now), to: moment(to, now) }
    if (found.from >= found.to) throw new Error(`--from: expected a time before "${to}", got "${begin}"`)
    return found
  }
  return {
    help: values.help,
    prometheus,
    warmUp,
    demo: { incident_every: values['incident-every'], incident_length: values['incident-length'] },
    dashboard: values.dashboard,
    chosen: Object.fromEntries(chosen),
    range,
    out: values.out,
    png: values.png,
    width: number('width', values.width, 10_000),
    openPort:
      values['open-port'] === undefined ? undefined : number('open-port', values['open-port'], 65_535),
  }
}
