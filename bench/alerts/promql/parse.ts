import { type Aggregation, ALL_LABELS, type Expression, type Labels, type Matcher } from './syntax.ts'

const TOKEN =
  /\s+|#[^\n]*|(?<string>"[^"]*")|(?<duration>(?:\d+(?:ms|[smhdw]))+)|(?<number>\d+(?:\.\d+)?)|(?<name>[a-zA-Z_:][\w:]*)|(?<symbol>[=!<>]=|=~|!~|[-+*/^<>=(){}[\],])/gy

const AGGREGATIONS = ['sum', 'max', 'min', 'group', 'count']
const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Operators from the lowest to the highest precedence; only `^` is right-associative. */
const LEVELS = [['or'], ['and', 'unless'], ['==', '!=', '<', '>', '<=', '>='], ['+', '-'], ['*', '/'], ['^']]

interface Token {
  type: string
  text: string
}

/** Parses an expression. @throws Error if it is invalid, or uses anything that the shipped rules do not use */
export function parse(text: string): Expression {
  const parser = new Parser(tokens(text))
  const expression = parser.expression()
  parser.expect('')
  return expression
}

function tokens(text: string): Token[] {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) throw new Error(`not understood: ${text.slice(at, at + 40)}`)
    const group = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)
    if (group) found.push({ type: group[0], text: group[1] as string })
  }
  return found
}

class Parser {
  readonly #tokens: Token[]
  #next = 0

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  expression(level = 0): Expression {
    const operators = LEVELS[level]
    if (!operators) return this.#unary()
    let left = this.expression(level + 1)
    while (operators.includes(this.#peek())) {
      const operator = this.#take()
      const { matching, groupLeft } = this.#matching()
      const right = this.expression(operator === '^' ? level : level + 1)
      left = { kind: 'binary', operator, left, right, matching, groupLeft }
    }
    return left
  }

  expect(text: string): void {
    if (this.#peek() !== text) throw new Error(`expected "${text}", got "${this.#peek()}"`)
    this.#next++
  }

  #unary(): Expression {
    if (this.#peek() !== '-') return this.#primary()
    this.#next++
    return { kind: 'negation', of: this.#unary() }
  }

  #primary(): Expression {
    const token = this.#tokens[this.#next]
    if (token?.type === 'number') return { kind: 'number', value: Number(this.#take()) }
    if (token?.text === '(') {
      this.#next++
      const inner = this.expression()
      this.expect(')')
      return inner
    }
    if (token?.type !== 'name') throw new Error(`expected an expression, got "${token?.text ?? ''}"`)
    const name = this.#take()
    if (AGGREGATIONS.includes(name)) return this.#aggregation(name as Aggregation['operator'])
    if (this.#peek() === '(') return { kind: 'call', name, arguments: this.#arguments() }
    return this.#selector(name)
  }

  #aggregation(operator: Aggregation['operator']): Expression {
    const grouping: Labels = { only: true, names: [] }
    if (['by', 'without'].includes(this.#peek())) {
      grouping.only = this.#take() === 'by'
      grouping.names = this.#names()
    }
    this.expect('(')
    const of = this.expression()
    this.expect(')')
    return { kind: 'aggregation', operator, grouping, of }
  }

  #arguments(): (Expression | string)[] {
    const found: (Expression | string)[] = []
    this.expect('(')
    while (this.#peek() !== ')') {
      const isText = this.#tokens[this.#next]?.type === 'string'
      found.push(isText ? this.#take().slice(1, -1) : this.expression())
      if (this.#peek() === ',') this.#next++
    }
    this.expect(')')
    return found
  }

  #selector(name: string): Expression {
    const matchers: Matcher[] = []
    if (this.#peek() === '{') {
      this.#next++
      while (this.#peek() !== '}') {
        const label = this.#take()
        const operator = this.#take() as Matcher['operator']
        matchers.push({ label, operator, value: this.#take().slice(1, -1) })
        if (this.#peek() === ',') this.#next++
      }
      this.expect('}')
    }
    let range: number | undefined
    if (this.#peek() === '[') {
      this.#next++
      range = seconds(this.#take())
      this.expect(']')
    }
    let offset = 0
    if (this.#peek() === 'offset') {
      this.#next++
      offset = seconds(this.#take())
    }
    return { kind: 'selector', name, matchers, range, offset }
  }

  #matching(): { matching: Labels; groupLeft: boolean } {
    let matching = ALL_LABELS
    let groupLeft = false
    if (['on', 'ignoring'].includes(this.#peek()))
      matching = { only: this.#take() === 'on', names: this.#names() }
    if (this.#peek() === 'group_left') {
      this.#next++
      groupLeft = true
      if (this.#peek() === '(') this.#names()
    }
    return { matching, groupLeft }
  }

  #names(): string[] {
    const names: string[] = []
    this.expect('(')
    while (this.#peek() !== ')') {
      if (this.#peek() !== ',') names.push(this.#peek())
      this.#next++
    }
    this.expect(')')
    return names
  }

  #peek(): string {
    return this.#tokens[this.#next]?.text ?? ''
  }

  #take(): string {
    const text = this.#peek()
    this.#next++
    return text
  }
}

function seconds(duration: string): number {
  const parts = [...duration.matchAll(/(\d+)([smhdw])/g)]
  return parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (SECONDS[unit as string] as number),
    0,
  )
}
