import { recordMeasurement } from '../../tools/stack/measurements.ts'
import { missing, program } from '../../tools/stack/tools.ts'
import { heading, line } from '../support/report.ts'
import { agreement } from './agreement.ts'
import { ruleCost } from './cost.ts'
import { FIXED_RULES } from './rivals.ts'
import { KINDS, type Kind } from './scenario.ts'
import {
  DAYS,
  type Figures,
  fairBar,
  figures,
  type Job,
  type Outcome,
  run,
  type Variant,
} from './simulation.ts'
import { bold, HOW } from './tables.ts'
import { reportTweets } from './tweets.ts'

const RATES = [30, 100, 1000] as const

/** The number of simulations of ten days: quiet ones, and ones with each kind of incident, for each rate. */
const QUIET = 8
const EVENTFUL = { negative: 3, positive: 2, surge: 8, silence: 2 } as const

/** A harder case: one post in ten is shared, and causes more posts of its sentiment. */
const SHARED = { share: 0.1, quiet: 8, eventful: 3 } as const

const SPIKE = KINDS.negative.alert
const AS_BEFORE: Variant = 'z > 5 for every topic (earlier rule)'

/** How well the shipped alerts tell incidents from chance on simulated posts, and what evaluating them costs. */
export async function benchAlerts(): Promise<void> {
  const [promtool, prometheus] = [program('promtool'), program('prometheus')]
  if (!promtool || !prometheus) {
    console.log(`\nAlerts: not run, as ${missing('prometheus')}`)
    return
  }
  await reportAgreement(promtool)
  reportTweets()
  const outcomes = await run(jobs())
  reportSpikes(outcomes)
  const shared = await run(sharedJobs())
  reportShared(shared)
  documentMood(outcomes, shared)
  for (const kind of ['positive', 'surge', 'silence'] as const) reportKind(outcomes, kind)
  await ruleCost(prometheus, promtool)
}

function jobs(): Job[] {
  return RATES.flatMap(perMinute => [
    ...Array.from({ length: QUIET }, (_, number) => ({ perMinute, seed: 1 + number })),
    ...Object.entries(EVENTFUL).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, number) => ({ perMinute, seed: 1001 + number, kind: kind as Kind })),
    ),
  ])
}

const sharedJobs = (): Job[] =>
  RATES.flatMap(perMinute =>
    Array.from({ length: SHARED.quiet + SHARED.eventful }, (_, number) => ({
      perMinute,
      seed: 1 + number,
      shared: SHARED.share,
      ...(number < SHARED.quiet ? {} : { kind: 'negative' as const }),
    })),
  )

/** Long simulations use our own evaluator, so first compare it with Prometheus. */
async function reportAgreement(promtool: string): Promise<void> {
  const { topics, hours, values, differences } = await agreement(promtool)
  heading(`Alerts: the shipped rules, evaluated by promtool and by the evaluator of this simulation`)
  const met = differences.length === 0
  line(`values compared (${topics} topics, ${hours} hours, every rule)`, values.toLocaleString('en'), {
    text: 'no difference',
    met,
  })
  if (met)
    recordMeasurement('alerts_evaluator', { how: HOW, values: { values: values.toLocaleString('en') } })
  else throw new Error(`the evaluator does not agree with promtool:\n${differences.join('\n')}`)
}

function reportSpikes(outcomes: readonly Outcome[]): void {
  const days = QUIET * DAYS
  heading(
    `Spikes: the share of negative posts rises by 20 points for 15 minutes; ${days} quiet days for each rate`,
  )
  header()
  for (const perMinute of RATES) {
    const found = figures(outcomes, perMinute, 'negative', SPIKE)
    const before = figures(outcomes, perMinute, 'negative', AS_BEFORE)
    const met = found.falseAlarmsAMonth <= 1 && found.median <= before.median
    row(perMinute, `${SPIKE}, as shipped`, found, `≤ 1, no later than before: ${met ? 'met' : 'MISSED'}`)
    row(perMinute, AS_BEFORE, before)
    row(
      perMinute,
      'CUSUM that knows the truth',
      figures(outcomes, perMinute, 'negative', fairBar(outcomes, perMinute, 'negative')),
    )
    for (const { name } of FIXED_RULES) row(perMinute, name, figures(outcomes, perMinute, 'negative', name))
  }
}

function reportShared(outcomes: readonly Outcome[]): void {
  const days = SHARED.quiet * DAYS
  heading(
    `The same where one post in ten is shared and brings others like it; ${days} quiet days for each rate`,
  )
  header()
  for (const perMinute of RATES) {
    const found = figures(outcomes, perMinute, 'negative', SPIKE)
    row(perMinute, `${SPIKE}, as shipped`, found, `≤ 1: ${found.falseAlarmsAMonth <= 1 ? 'met' : 'MISSED'}`)
    row(perMinute, AS_BEFORE, figures(outcomes, perMinute, 'negative', AS_BEFORE))
  }
}

/** The table of the mood alerts, and the figures of the text around it. */
function documentMood(calm: readonly Outcome[], bursty: readonly Outcome[]): void {
  const cells = ({ falseAlarmsAMonth, median, missed }: Figures) => [
    falseAlarmsAMonth.toFixed(1),
    `${Math.round(median)} s`,
    `${missed === 0 ? '0' : (missed * 100).toFixed(1)} %`,
  ]
  const rows = RATES.flatMap(perMinute =>
    Object.entries({ calm, bursty }).flatMap(([model, outcomes], place) => [
      [
        place === 0 ? perMinute.toLocaleString('en') : '',
        model,
        ...bold([SPIKE, ...cells(figures(outcomes, perMinute, 'negative', SPIKE))]),
      ],
      [
        '',
        '',
        '*z* > 5 for every topic (earlier rule)',
        ...cells(figures(outcomes, perMinute, 'negative', AS_BEFORE)),
      ],
    ]),
  )
  const columns = ['Posts a minute', 'Model', 'Rule', 'False alarms a month', 'Median delay', 'Missed']
  const incidents = RATES.flatMap(rate =>
    [calm, bursty].map(outcomes => figures(outcomes, rate, 'negative', SPIKE).incidents),
  )
  const fixed = RATES.map(rate => figures(calm, rate, 'negative', 'share of a minute > 40 %'))
  const [at30, at100, at1000] = fixed as [Figures, Figures, Figures]
  const days = QUIET * DAYS
  recordMeasurement('alerts_mood', {
    how: HOW,
    values: {
      days: String(days),
      one_alarm: (30 / days).toFixed(1),
      incidents: String(Math.min(...incidents)),
      fixed_at_30: at30.falseAlarmsAMonth.toFixed(0),
      fixed_at_100: at100.falseAlarmsAMonth.toFixed(0),
      fixed_missed: `${(at1000.missed * 100).toFixed(0)} %`,
    },
    tables: { rules: { columns, rows } },
  })
}

const HEADINGS: Record<Exclude<Kind, 'negative'>, string> = {
  positive: 'Joy: the share of positive posts rises from 35 to 55 % for 15 minutes',
  surge: 'Surge: eight times as many posts for half an hour, on the tenth day',
  silence: 'Silence: no posts for an hour',
}

function reportKind(outcomes: readonly Outcome[], kind: Exclude<Kind, 'negative'>): void {
  heading(HEADINGS[kind])
  header()
  for (const perMinute of RATES) {
    const { alert } = KINDS[kind]
    row(perMinute, `${alert}, as shipped`, figures(outcomes, perMinute, kind, alert))
  }
}

function header(): void {
  const columns = ['false alarms', 'median', 'missed', 'alarms per']
  const second = ['a month', 'delay', '', 'incident']
  console.log(
    `  ${'posts/min'.padStart(9)}  ${''.padEnd(34)}${columns.map(cell => cell.padStart(14)).join('')}`,
  )
  console.log(`  ${''.padStart(9)}  ${''.padEnd(34)}${second.map(cell => cell.padStart(14)).join('')}`)
}

function row(perMinute: number, name: string, figures: Figures, target = ''): void {
  const { falseAlarmsAMonth, median, missed, alarmsAnIncident } = figures
  const cells = [
    falseAlarmsAMonth.toFixed(1),
    median === Number.POSITIVE_INFINITY ? '-' : `${Math.round(median)} s`,
    `${(missed * 100).toFixed(1)} %`,
    alarmsAnIncident.toFixed(2),
  ]
  console.log(
    `  ${String(perMinute).padStart(9)}  ${name.padEnd(34)}${cells.map(cell => cell.padStart(14)).join('')}  ${target}`,
  )
}
