import type { Outcome } from './faults/damage.ts'
import { FAULTS, type FaultKind } from './faults/index.ts'
import type { Problems } from './problems.ts'
import type { PrometheusResult } from './prometheus.ts'

/** The result of a run. */
export interface Result {
  seed: number
  minutes: number
  faults: ReadonlyMap<FaultKind, number>
  topicChanges: number
  starts: number
  slowestStart: number
  checks: number
  records: number
  posts: number
  lost: number
  doubled: number
  wentBack: number
  scrapes: number
  prometheus: PrometheusResult | undefined
  outcomes: readonly Outcome[]
  problems: Problems
}

const WIDTH = 34

/** A row of the table at the end of a run. Details of the row above begin with spaces. */
export type Row = readonly [what: string, value: string]

/** The table at the end of a run. */
export function report(result: Result): Row[] {
  const { faults, outcomes, prometheus } = result
  const total = [...faults.values()].reduce((sum, n) => sum + n, 0) + result.topicChanges
  const outcome = (which: Outcome) => outcomes.filter(one => one === which).length
  return [
    ['duration', `${result.minutes.toFixed(1)} min`],
    ['faults', faultsOf(total, result.minutes)],
    ...[...faults].map(([kind, n]): Row => [`  ${FAULTS[kind].title}`, count(n)]),
    ['  reload with changed topics', count(result.topicChanges)],
    [
      'starts of the exporter',
      `${count(result.starts)}, the slowest ready after ${result.slowestStart.toFixed(1)} s`,
    ],
    ['checks of every count', count(result.checks)],
    ['records written', count(result.records)],
    ['posts written', count(result.posts)],
    ['counts lost', count(result.lost)],
    ['counts doubled', count(result.doubled)],
    ['scrapes', scrapesOf(result.scrapes, prometheus)],
    ['counters that went back', count(result.wentBack + (prometheus?.resets.length ?? 0))],
    ['damaged copies', count(outcomes.length)],
    ['damaged copies: refused', count(outcome('refused'))],
    ['damaged copies: repaired', count(outcome('repaired'))],
    ['damaged copies: unaffected', count(outcome('unaffected'))],
    ['damaged copies: damage unnoticed', count(outcome('wrong'))],
  ]
}

/** A table, the problems, and whether the run passed. */
export function table(seed: number, rows: readonly Row[], { kept, count: found }: Problems): string {
  const all = [...rows, ['problems', count(found)] as const]
  return [
    `\nTorture with the seed ${seed}`,
    ...all.map(([what, value]) => `  ${what.padEnd(WIDTH)} ${value}`),
    ...kept.map(problem => `PROBLEM: ${problem}`),
    ...(found > kept.length ? [`and ${count(found - kept.length)} more problems`] : []),
    found === 0 ? 'PASSED' : 'FAILED',
  ].join('\n')
}

/** How many faults there were, and how often. */
export const faultsOf = (total: number, minutes: number): string =>
  total === 0 ? '0' : `${count(total)}, one every ${((minutes * 60) / total).toFixed(0)} s`

/** How many scrapes there were, and by what. */
export const scrapesOf = (own: number, prometheus: PrometheusResult | undefined): string =>
  `${count(own)}, and ${prometheus ? count(prometheus.scrapes) : 'none'} by Prometheus`

export const count = (n: number) => n.toLocaleString('en')
