import { line, type Section } from '../shared/layout.ts'
import { eventsPerMinute, overTime } from '../shared/queries.ts'
import { events, lines, names, stacked } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN, rate } from './expressions.ts'

const seconds = rate('mood_plugin_seconds_total', 'kind, plugin', CHOSEN)

const load = () =>
  stacked({
    title: 'Time spent in plugins',
    description:
      'Time in calls, in seconds a second: 1 is one busy core, unless the plugin waits for something else.',
    unit: UNITS.cores,
    width: 8,
    empty: 'No plugin was called in this time range',
    queries: [overTime(seconds, '{{kind}} {{plugin}}')],
  })

const cost = () =>
  lines({
    title: 'Cost of a post, by plugin',
    description:
      'Time spent in each plugin, divided by the posts of all sources, including those that the plugin did not get.',
    unit: UNITS.seconds,
    width: 8,
    empty: 'No posts in this time range',
    queries: [
      overTime(
        `${seconds} / on () group_left () (sum(rate(mood_source_posts_total{${CHOSEN}}[$__rate_interval])) > 0)`,
        '{{kind}} {{plugin}}',
      ),
    ],
  })
    .min(0)
    .legend(names())

const errors = () =>
  events({
    title: 'Errors of plugins',
    description:
      'Calls that threw, returned an invalid result, took longer than limits.plugin_timeout or ended their thread. The post of such a call has no result; the log has samples.',
    unit: UNITS.perMinute,
    width: 8,
    empty: 'No error in this time range',
    queries: [
      overTime(
        eventsPerMinute(`mood_plugin_errors_total{${CHOSEN}}`, 'kind, plugin, reason'),
        '{{kind}} {{plugin}}: {{reason}}',
      ),
    ],
  })

const workers = () =>
  lines({
    title: 'Worker threads',
    description: 'Threads that are ready to score. There are more while posts wait, up to `workers`.',
    unit: UNITS.threads,
    width: 6,
    empty: 'No exporter in this time range',
    queries: [overTime(`mood_workers{${CHOSEN}}`, '{{instance}}')],
  })
    .min(0)
    .axisSoftMax(4)
    .decimals(0)

const restarts = () =>
  events({
    title: 'Worker threads replaced',
    description:
      'By reason: a plugin did not answer in time (`timeout`), ended the thread (`crash`), or filled its memory (`memory`).',
    unit: UNITS.perMinute,
    width: 6,
    empty: 'None in this time range',
    queries: [overTime(eventsPerMinute(`mood_worker_restarts_total{${CHOSEN}}`, 'reason'), '{{reason}}')],
  })

const evicted = () =>
  events({
    title: 'Terms not counted',
    description:
      'Rare terms evicted because there were more than limits.terms, and posts with more terms than limits.terms_per_post.',
    unit: UNITS.perMinute,
    width: 6,
    empty: 'Every term was counted',
    queries: [
      overTime(
        eventsPerMinute(`mood_terms_evicted_total{${CHOSEN}}`, 'extractor'),
        '{{extractor}}: terms evicted',
      ),
      overTime(
        eventsPerMinute(`mood_posts_over_term_limit_total{${CHOSEN}}`, 'extractor'),
        '{{extractor}}: posts cut',
      ),
    ],
  })

const error = () =>
  lines({
    title: 'Error of top terms',
    description:
      'The most posts that the count of a top term may miss, over all topics. 0 means that counts are exact.',
    unit: UNITS.posts,
    width: 6,
    empty: 'No terms in this time range',
    queries: [
      overTime(
        `max by (extractor, window) (mood_top_terms_error_posts{${CHOSEN}})`,
        '{{extractor}}, {{window}}',
      ),
    ],
  })
    .min(0)
    .legend(names())

/** Cost and errors of plugins, worker threads, and terms. */
export const plugins = (): Section => ({
  title: 'Plugins, threads and terms',
  lines: [line(8, load(), cost(), errors()), line(8, workers(), restarts(), evicted(), error())],
})
