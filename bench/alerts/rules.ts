import { readFileSync } from 'node:fs'
import { parse as parseYaml } from 'yaml'
import { Evaluator } from './promql/evaluate.ts'
import { parse } from './promql/parse.ts'
import { type Counter, type Series, STEP } from './promql/series.ts'
import type { Expression } from './promql/syntax.ts'

export const RULES_FILE = new URL('../../prometheus/rules/topics.yml', import.meta.url)

export interface Rule {
  name: string
  isAlert: boolean
  expression: Expression
  /** The number of steps that an alert keeps firing after its expression is no longer true. */
  keepFiring: number
  /** For a group that runs after the groups of each step: the number of steps between evaluations. */
  late?: number
}

interface Group {
  interval: string
  rules: Record<string, string>[]
}

/** The shipped rules of topics; `changed` may modify the text, to measure the effect of a part of it. */
export function topicRules(changed: (text: string) => string = text => text): Rule[] {
  const { groups } = parseYaml(changed(readFileSync(RULES_FILE, 'utf8'))) as { groups: Group[] }
  return groups.flatMap(({ interval, rules }) =>
    rules.map(rule => ({
      name: (rule.record ?? rule.alert) as string,
      isAlert: rule.alert !== undefined,
      expression: parse(rule.expr as string),
      keepFiring: Math.round((Number.parseFloat(rule.keep_firing_for ?? '0') * 60) / STEP),
      ...(interval === `${STEP}s` ? {} : { late: (Number.parseInt(interval, 10) * 60) / STEP }),
    })),
  )
}

/**
 * The results of the rules on scraped series: a series for each rule. Those of an alert have a value while it fires.
 * @param gauges the scraped gauges
 */
export function evaluated(
  rules: readonly Rule[],
  steps: number,
  counters: ReadonlyMap<string, readonly Counter[]>,
  gauges: ReadonlyMap<string, readonly Series[]>,
): Map<string, Series[]> {
  const evaluator = new Evaluator(steps, counters)
  for (const [name, series] of gauges) evaluator.record(name, series)
  const results = new Map<string, Series[]>()
  for (const rule of inOrder(rules)) {
    let series = rule.late
      ? evaluator.evaluateLate(rule.expression, rule.late)
      : evaluator.evaluate(rule.expression)
    if (rule.isAlert)
      series = series.map(({ labels, values }) => ({ labels, values: firing(values, rule.keepFiring) }))
    const before = results.get(rule.name)
    results.set(rule.name, before ? [...before, ...series] : series)
    if (!rule.isAlert) evaluator.record(rule.name, series)
  }
  return results
}

/** Rules in an order in which each comes after those it reads: all steps of one are evaluated before the next. */
function inOrder(rules: readonly Rule[]): Rule[] {
  const waiting = [...rules]
  const ordered: Rule[] = []
  while (waiting.length > 0) {
    const pending = new Set(waiting.map(({ name }) => name))
    const next = waiting.findIndex(({ expression }) => namesIn(expression).every(name => !pending.has(name)))
    if (next < 0) throw new Error(`rules that read each other: ${[...pending].join(', ')}`)
    ordered.push(...waiting.splice(next, 1))
  }
  return ordered
}

/** The names of the series that an expression reads. */
function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'selector':
      return [expression.name]
    case 'call':
      return expression.arguments.flatMap(each => (typeof each === 'object' ? namesIn(each) : []))
    case 'binary':
      return [...namesIn(expression.left), ...namesIn(expression.right)]
    case 'aggregation':
    case 'negation':
      return namesIn(expression.of)
    case 'number':
      return []
  }
}

/** When an alert with these values of its expression fires. */
function firing(active: Float64Array, keepFiring: number): Float64Array {
  let since = Number.POSITIVE_INFINITY
  return active.map(value => {
    since = Number.isNaN(value) ? since + 1 : 0
    return since <= keepFiring ? 1 : Number.NaN
  })
}
