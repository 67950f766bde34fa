import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { alertsNow } from '../shared/alerts.ts'
import { BAD, GOOD, PLAIN } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { toAlertRules } from '../shared/links.ts'
import { now } from '../shared/queries.ts'
import { backgroundStat, coloursFrom, stat } from '../shared/stat.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN, CHOSEN_SOURCES, delay, LOSSES } from './expressions.ts'

const UP: ValueMapping = {
  type: MappingType.ValueToText,
  options: {
    0: { text: 'down', color: BAD, index: 0 },
    1: { text: 'up', color: GOOD, index: 1 },
  },
}

const exporters = () =>
  backgroundStat({
    title: 'Exporters',
    description: 'Whether the last scrape of each exporter worked.',
    unit: UNITS.state,
    width: 4,
    empty: 'Prometheus scrapes no exporter: see its targets',
    queries: [now(`up{${CHOSEN}}`, '{{instance}}')],
  }).mappings([UP])

const sources = () =>
  backgroundStat({
    title: 'Sources',
    description: 'Whether each source is connected, listening or reading. A finished source is up.',
    unit: UNITS.state,
    width: 6,
    empty: 'No exporter, or no source',
    queries: [now(`min by (source) (mood_source_up{${CHOSEN_SOURCES}})`, '{{source}}')],
  }).mappings([UP])

const posts = () =>
  stat({
    title: 'Posts',
    description: 'Posts decoded a second, each counted once, whatever its topics.',
    unit: UNITS.postsPerSecond,
    width: 4,
    empty: 'No source',
    queries: [now(`sum(rate(mood_source_posts_total{${CHOSEN_SOURCES}}[$__rate_interval]))`, 'posts')],
  }).thresholds(coloursFrom(PLAIN))

const slowest = () =>
  backgroundStat({
    title: 'Delay',
    description:
      'The time from when a post was written to when it was counted, at the 95th percentile, of the slowest source. An archive shows the age of its posts.',
    unit: UNITS.seconds,
    width: 3,
    empty: 'No posts',
    queries: [now(`max(${delay(0.95)})`, '95 % below')],
  }).thresholds(coloursFrom(GOOD, [10, PLAIN], [60, BAD]))

const lost = () =>
  backgroundStat({
    title: 'Records lost',
    description:
      'Records dropped as invalid or by overflow, as a share of all. Posts off topic, duplicates and keep-alives do not count.',
    unit: UNITS.share,
    width: 3,
    empty: 'No records',
    queries: [
      now(
        `sum(rate(mood_posts_dropped_total{${CHOSEN_SOURCES}, ${LOSSES}}[$__rate_interval]))
          / (sum(rate(mood_source_records_total{${CHOSEN_SOURCES}}[$__rate_interval])) > 0)`,
        'lost',
      ),
    ],
  })
    .decimals(2)
    .thresholds(coloursFrom(GOOD, [0.01, PLAIN], [0.05, BAD]))

const alerts = () =>
  alertsNow(
    4,
    'ALERTS{alertname=~"(Mood|Topic).+", alertstate="firing"}',
    'Firing alerts, on topics and on the exporter itself.',
  ).links([toAlertRules()])

/** The present state. */
export const present = (): Section => ({
  lines: [line(5, exporters(), sources(), posts(), slowest(), lost(), alerts())],
})
