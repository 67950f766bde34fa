import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common'
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard'
import { BAD, GOOD, PLAIN } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { eventsPerMinute, now, overTime } from '../shared/queries.ts'
import { backgroundStat, coloursFrom, stat } from '../shared/stat.ts'
import { events } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN } from './expressions.ts'

const NO_EXPORTER = 'No exporter'

const version = () =>
  stat({
    title: 'Version',
    description: 'Version of the exporter and of Node.js.',
    unit: UNITS.state,
    width: 4,
    empty: NO_EXPORTER,
    queries: [
      now(`count by (version, node) (mood_build_info{${CHOSEN}})`, '{{version}} on Node.js {{node}}'),
    ],
  })
    .textMode(BigValueTextMode.Name)
    .thresholds(coloursFrom(PLAIN))

const running = () =>
  stat({
    title: 'Running for',
    description: 'Time since the start of the exporter. Counters may restart at 0, which `rate` handles.',
    unit: UNITS.seconds,
    width: 4,
    empty: NO_EXPORTER,
    queries: [now(`time() - process_start_time_seconds{${CHOSEN}}`, '{{instance}}')],
  })
    .decimals(0)
    .thresholds(coloursFrom(PLAIN))

const reload = () =>
  backgroundStat({
    title: 'Configuration',
    description:
      'Whether the last reload of mood.yml succeeded. If it failed, the running configuration is kept: `mood-exporter check` shows the problems.',
    unit: UNITS.state,
    width: 4,
    empty: NO_EXPORTER,
    queries: [now(`mood_config_last_reload_successful{${CHOSEN}}`, '{{instance}}')],
  }).mappings([
    {
      type: MappingType.ValueToText,
      options: {
        0: { text: 'failed', color: BAD, index: 0 },
        1: { text: 'in force', color: GOOD, index: 1 },
      },
    },
  ])

const suppressed = () =>
  events({
    title: 'Log lines suppressed',
    description:
      'Log lines above limits.log_lines a second of the same cause. The counters include what they report.',
    unit: UNITS.perMinute,
    width: 6,
    empty: 'Every line was logged',
    queries: [overTime(eventsPerMinute(`mood_log_lines_suppressed_total{${CHOSEN}}`, 'cause'), '{{cause}}')],
  })

const refused = () =>
  events({
    title: 'Requests refused',
    description:
      'Requests that the exporter refused, by HTTP status: 401 is a wrong password, 404 a wrong path, 429 too many requests.',
    unit: UNITS.perMinute,
    width: 6,
    empty: 'None in this time range',
    queries: [overTime(eventsPerMinute(`mood_http_requests_refused_total{${CHOSEN}}`, 'code'), '{{code}}')],
  })

/** Version, configuration, log and HTTP requests. */
export const operation = (): Section => ({
  title: 'Operation',
  lines: [line(6, version(), running(), reload(), suppressed(), refused())],
})
