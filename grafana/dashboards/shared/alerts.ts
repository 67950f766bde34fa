import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { BAD, GOOD } from './colours.ts'
import { DATA_SOURCE } from './data-source.ts'
import { now } from './queries.ts'
import { backgroundStat, coloursFrom } from './stat.ts'
import { UNITS } from './units.ts'

/** Alerts of the rules that ship. Alerts on a topic have the label `topic`. */
const OURS = 'alertname=~"(Mood|Topic).+"'

/** Firing alerts on the chosen topics. */
export const TOPIC_ALERTS = `ALERTS{${OURS}, alertstate="firing", job=~"$job", topic=~"$topic"}`

/** Firing alerts on the exporter, its sources and plugins. */
export const OTHER_ALERTS = `ALERTS{${OURS}, alertstate="firing", topic=""}`

/** Marks on every graph while alerts fire, with the values of the labels that an alert has. */
export const marks = (name: string, alerts: string, colour: string, labels: string[], step = '5s') =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor(colour)
    .expr(alerts)
    .step(step)
    .titleFormat('{{alertname}}')
    // A label that an alert lacks would be shown by its name.
    .textFormat('')
    .tagKeys(['severity', ...labels].join(','))
    .useValueForTime(false)

/** The number of firing alerts. */
export const alertsNow = (width: number, alerts: string, description: string) =>
  backgroundStat({
    title: 'Alerts',
    description,
    unit: UNITS.alerts,
    width,
    empty: 'Prometheus does not answer',
    queries: [now(`count(${alerts}) or vector(0)`, 'alerts')],
  }).thresholds(coloursFrom(GOOD, [1, BAD]))
