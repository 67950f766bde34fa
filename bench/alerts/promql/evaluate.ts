import { increase, type OverTime, overTime, quantileOverTime } from './functions.ts'
import { absent, type Counter, grouped, keyOf, picked, type Series, STEP } from './series.ts'
import type { Aggregation, Binary, Call, Expression, Matcher, Selector } from './syntax.ts'

/**
 * Evaluates expressions for all steps at once, with one array for each series. The result is that of Prometheus step
 * by step, provided that everything that a rule reads is evaluated before it, and much faster. It supports what the
 * shipped rules use, and rejects the rest. NaN means no value.
 */
export class Evaluator {
  readonly steps: number
  readonly #counters: ReadonlyMap<string, readonly Counter[]>
  readonly #recorded = new Map<string, readonly Series[]>()
  #late: number | undefined

  /** @param counters the scraped counters by metric name */
  constructor(steps: number, counters: ReadonlyMap<string, readonly Counter[]>) {
    this.steps = steps
    this.#counters = counters
  }

  record(name: string, series: readonly Series[]): void {
    this.#recorded.set(name, series)
  }

  /**
   * Evaluates a rule of a group that runs less often, after the groups of each step: other rules see its previous
   * samples.
   */
  evaluateLate(expression: Expression, every: number): Series[] {
    this.#late = every
    const series = this.evaluate(expression)
    this.#late = undefined
    return series.map(({ labels, values }) => ({
      labels,
      late: every,
      values: values.map((value, step) => (step % every === 0 ? value : Number.NaN)),
    }))
  }

  evaluate(expression: Expression): Series[] {
    switch (expression.kind) {
      case 'selector':
        return this.#select(expression)
      case 'call':
        return this.#call(expression)
      case 'aggregation':
        return this.#aggregate(expression)
      case 'binary':
        return this.#binary(expression)
      case 'negation':
        return this.evaluate(expression.of).map(series => ({ ...series, values: series.values.map(v => -v) }))
      case 'number':
        throw new Error('expected series, got a number')
    }
  }

  #select({ name, matchers, range, offset }: Selector): Series[] {
    if (range !== undefined) throw new Error(`expected an instant vector, got a range of ${name}`)
    return this.#named(name)
      .filter(({ labels }) => matches(labels, matchers))
      .map(({ labels, values, late }) => ({
        labels,
        values: delayed(late !== undefined && this.#late === undefined ? held(values, late) : values, offset),
      }))
  }

  #named(name: string): readonly Series[] {
    const counters = this.#counters.get(name)
    if (!counters) return this.#recorded.get(name) ?? []
    return counters.map(({ labels, seconds }) => ({
      labels,
      values: Float64Array.from({ length: this.steps }, (_, step) => seconds[step * STEP] as number),
    }))
  }

  #call(call: Call): Series[] {
    if (call.name === 'quantile_over_time') return this.#quantile(call)
    const [of] = call.arguments
    if (typeof of !== 'object') throw new Error(`${call.name}: expected series first`)
    switch (call.name) {
      case 'sqrt':
        return this.evaluate(of).map(({ labels, values }) => ({ labels, values: values.map(Math.sqrt) }))
      case 'abs':
        return this.evaluate(of).map(({ labels, values }) => ({ labels, values: values.map(Math.abs) }))
      case 'clamp_min': {
        const least = constant(call.arguments[1] as Expression)
        if (least === undefined) throw new Error('clamp_min: expected a number')
        return this.evaluate(of).map(({ labels, values }) => ({
          labels,
          values: values.map(value => Math.max(value, least)),
        }))
      }
      case 'label_replace': {
        const [, label, value, from, pattern] = call.arguments
        if (from !== '' || pattern !== '')
          throw new Error('label_replace: expected to set a label, not to match one')
        return this.evaluate(of).map(({ labels, values }) => ({
          labels: { ...labels, [label as string]: value as string },
          values,
        }))
      }
      case 'rate':
      case 'increase':
      case 'sum_over_time':
      case 'avg_over_time':
      case 'count_over_time':
        return this.#overRange(call.name, of)
      default:
        throw new Error(`the function ${call.name} is not known`)
    }
  }

  #overRange(name: string, of: Expression): Series[] {
    if (of.kind !== 'selector' || of.range === undefined) throw new Error(`${name}: expected a range`)
    const { range, offset } = of
    const counters = this.#counters.get(of.name)
    if (name === 'rate' || name === 'increase')
      return (counters ?? [])
        .filter(({ labels }) => matches(labels, of.matchers))
        .map(counter => {
          const values = increase(counter, range, this.steps)
          const scaled = name === 'rate' ? values.map(value => value / range) : values
          return { labels: counter.labels, values: delayed(scaled, offset) }
        })
    if (counters) throw new Error(`${name} reads raw samples of ${of.name}`)
    return this.#named(of.name)
      .filter(({ labels }) => matches(labels, of.matchers))
      .map(series => ({
        labels: series.labels,
        values: delayed(overTime(series, range, name as OverTime), offset),
      }))
  }

  #quantile({ arguments: [quantile, of] }: Call): Series[] {
    const q = typeof quantile === 'object' ? constant(quantile) : undefined
    if (q === undefined || typeof of !== 'object' || of.kind !== 'selector' || of.range === undefined)
      throw new Error('quantile_over_time: expected a number and a range')
    const { range, offset, matchers } = of
    return this.#named(of.name)
      .filter(({ labels }) => matches(labels, matchers))
      .map(series => ({
        labels: series.labels,
        values: delayed(quantileOverTime(series, range, q, this.#late ?? 1), offset),
      }))
  }

  #aggregate({ operator, grouping, of }: Aggregation): Series[] {
    const combine = {
      sum: (a: number, b: number) => a + b,
      max: Math.max,
      min: Math.min,
      group: () => 1,
      count: (a: number) => a + 1,
    }[operator]
    return [...grouped(this.evaluate(of), grouping).values()].map(({ labels, series }) => {
      const values = absent(this.steps)
      for (const one of series) {
        for (let step = 0; step < this.steps; step++) {
          const value = one.values[step] as number
          if (Number.isNaN(value)) continue
          const so = values[step] as number
          const first = operator === 'group' || operator === 'count' ? 1 : value
          values[step] = Number.isNaN(so) ? first : combine(so, value)
        }
      }
      return { labels, values }
    })
  }

  #binary(binary: Binary): Series[] {
    const { operator, left, right } = binary
    if (operator === 'or') return this.#or(this.evaluate(left), this.evaluate(right), binary)
    if (operator === 'and' || operator === 'unless') return this.#filter(binary)
    const apply = OPERATORS[operator]
    if (!apply) throw new Error(`the operator ${operator} is not known`)
    const [leftNumber, rightNumber] = [constant(left), constant(right)]
    if (rightNumber !== undefined)
      return this.evaluate(left).map(({ labels, values }) => ({
        labels,
        values: values.map(value => apply(value, rightNumber)),
      }))
    if (leftNumber !== undefined)
      return this.evaluate(right).map(({ labels, values }) => ({
        labels,
        values: values.map(value => apply(leftNumber, value)),
      }))
    return this.#pairwise(binary, apply)
  }

  #pairwise({ left, right, matching, groupLeft, operator }: Binary, apply: Apply): Series[] {
    const others = grouped(this.evaluate(right), matching)
    const seen = new Set<string>()
    return this.evaluate(left).flatMap(({ labels, values }) => {
      const key = keyOf(picked(labels, matching))
      const other = others.get(key)
      if (!other) return []
      if (other.series.length > 1) throw new Error(`several series match on the right of ${operator}`)
      if (!groupLeft && seen.has(key)) throw new Error(`several series match on the left of ${operator}`)
      seen.add(key)
      const [{ values: by }] = other.series as [Series]
      const result = new Float64Array(this.steps)
      for (let step = 0; step < this.steps; step++)
        result[step] = apply(values[step] as number, by[step] as number)
      return [{ labels: groupLeft ? labels : picked(labels, matching), values: result }]
    })
  }

  #filter({ left, right, matching, operator }: Binary): Series[] {
    const others = grouped(this.evaluate(right), matching)
    return this.evaluate(left).map(({ labels, values }) => {
      const present = this.#present(others.get(keyOf(picked(labels, matching)))?.series ?? [])
      const kept = operator === 'and' ? 1 : 0
      return { labels, values: values.map((value, step) => (present[step] === kept ? value : Number.NaN)) }
    })
  }

  #or(left: Series[], right: Series[], { matching }: Binary): Series[] {
    const lefts = grouped(left, matching)
    const result = new Map(left.map(series => [keyOf(series.labels), series]))
    for (const { labels, values } of right) {
      const present = this.#present(lefts.get(keyOf(picked(labels, matching)))?.series ?? [])
      const own = result.get(keyOf(labels))?.values
      const merged = values.map((value, step) => (present[step] ? (own?.[step] ?? Number.NaN) : value))
      result.set(keyOf(labels), { labels, values: merged })
    }
    return [...result.values()]
  }

  /** 1 at each step at which at least one of the series has a value. */
  #present(series: readonly Series[]): Uint8Array {
    const present = new Uint8Array(this.steps)
    for (const { values } of series)
      for (let step = 0; step < this.steps; step++) if (!Number.isNaN(values[step])) present[step] = 1
    return present
  }
}

type Apply = (left: number, right: number) => number

/** A comparison keeps the left value where it is true. */
const kept =
  (holds: (left: number, right: number) => boolean): Apply =>
  (left, right) =>
    holds(left, right) ? left : Number.NaN

const OPERATORS: Record<string, Apply> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '>': kept((a, b) => a > b),
  '<': kept((a, b) => a < b),
  '>=': kept((a, b) => a >= b),
  '<=': kept((a, b) => a <= b),
  '==': kept((a, b) => a === b),
}

/** The value of an expression of numbers only. */
function constant(expression: Expression): number | undefined {
  if (expression.kind === 'number') return expression.value
  if (expression.kind === 'negation') {
    const value = constant(expression.of)
    return value === undefined ? undefined : -value
  }
  if (expression.kind !== 'binary') return undefined
  const [left, right] = [constant(expression.left), constant(expression.right)]
  if (left === undefined || right === undefined) return undefined
  return OPERATORS[expression.operator]?.(left, right)
}

function matches(labels: Record<string, string>, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ label, operator, value }) => {
    const has = labels[label] ?? ''
    if (operator === '=' || operator === '!=') return (has === value) === (operator === '=')
    return new RegExp(`^(?:${value})$`).test(has) === (operator === '=~')
  })
}

/** At each step, the visible sample of a series that is recorded less often: the last one before that step. */
function held(values: Float64Array, every: number): Float64Array {
  return values.map((_, step) => values[Math.floor((step - 1) / every) * every] ?? Number.NaN)
}

/** The values this number of seconds before. */
function delayed(values: Float64Array, offset: number): Float64Array {
  if (offset === 0) return values
  const shift = Math.min(offset / STEP, values.length)
  const result = absent(values.length)
  result.set(values.subarray(0, values.length - shift), shift)
  return result
}
