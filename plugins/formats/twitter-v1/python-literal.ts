import { PythonSyntax, readString, startsString } from './python-string.ts'

/** What a Python literal holds; an int too large for a number is a string of its digits. */
export type PythonValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PythonValue[]
  | { [key: string]: PythonValue }

/** Far deeper than any status; the bound keeps a hostile record from exhausting the stack. */
const DEEPEST = 100

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?/y
const WHITE_SPACE = new Set([' ', '\t', '\n', '\r'])

/**
 * Reads what `repr` writes for dicts, lists, tuples, strings, bytes, ints, floats, booleans and None, in one pass.
 * Anything else of Python (names, calls, sets, arithmetic, raw or joined strings) is refused.
 *
 * @throws PythonSyntax with what was expected and the place of what stood there
 * @see https://docs.python.org/3/reference/lexical_analysis.html#literals
 */
export function parsePythonLiteral(text: string): PythonValue {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): PythonValue {
    if (depth > DEEPEST) throw new PythonSyntax(`at most ${DEEPEST} levels`, this.#text, this.#at)
    switch (this.#next()) {
      case '{':
        return this.#dict(depth)
      case '[':
        return this.#list(depth)
      case '(':
        return this.#tuple(depth)
      case 'N':
        return this.#word('None', null)
      case 'T':
        return this.#word('True', true)
      case 'F':
        return this.#word('False', false)
      default:
        return startsString(this.#text, this.#at) ? this.#string() : this.#number()
    }
  }

  end(): void {
    if (this.#next() !== undefined) throw this.#expected('the end')
  }

  /** The next character that is no white space, not yet taken. */
  #next(): string | undefined {
    while (WHITE_SPACE.has(this.#text[this.#at] as string)) this.#at++
    return this.#text[this.#at]
  }

  #takes(character: string): boolean {
    if (this.#next() !== character) return false
    this.#at++
    return true
  }

  #dict(depth: number): PythonValue {
    const dict: { [key: string]: PythonValue } = {}
    this.#at++
    while (!this.#takes('}')) {
      this.#next()
      const key = startsString(this.#text, this.#at) ? this.#string() : this.#number()
      if (!this.#takes(':')) throw this.#expected('":"')
      const value = this.value(depth + 1)
      // An assignment to __proto__ would change what the dict inherits.
      if (key === '__proto__') Object.defineProperty(dict, key, { value, enumerable: true })
      else dict[String(key)] = value
      this.#separator('}')
    }
    return dict
  }

  #list(depth: number): PythonValue[] {
    const list: PythonValue[] = []
    this.#at++
    while (!this.#takes(']')) {
      list.push(this.value(depth + 1))
      this.#separator(']')
    }
    return list
  }

  /** A tuple, or one value in parentheses: only a comma makes the difference. */
  #tuple(depth: number): PythonValue {
    const tuple: PythonValue[] = []
    let commas = 0
    this.#at++
    while (!this.#takes(')')) {
      tuple.push(this.value(depth + 1))
      if (this.#separator(')')) commas++
    }
    return tuple.length === 1 && commas === 0 ? (tuple[0] as PythonValue) : tuple
  }

  /** Takes a comma; where there is none, the closing bracket must follow. */
  #separator(close: string): boolean {
    if (this.#takes(',')) return true
    if (this.#next() !== close) throw this.#expected(`"," or "${close}"`)
    return false
  }

  #word(word: string, value: null | boolean): null | boolean {
    if (!this.#text.startsWith(word, this.#at)) throw this.#expected('a Python literal')
    this.#at += word.length
    return value
  }

  #string(): string | Uint8Array {
    const { value, end } = readString(this.#text, this.#at)
    this.#at = end
    return value
  }

  #number(): number | string {
    NUMBER.lastIndex = this.#at
    const found = NUMBER.exec(this.#text)
    if (found === null) throw this.#expected('a Python literal')
    this.#at = NUMBER.lastIndex
    const [digits, fraction, exponent] = found
    const number = Number(digits)
    const isInt = fraction === undefined && exponent === undefined
    return isInt && !Number.isSafeInteger(number) ? digits : number
  }

  #expected(what: string): PythonSyntax {
    return new PythonSyntax(what, this.#text, this.#at)
  }
}
