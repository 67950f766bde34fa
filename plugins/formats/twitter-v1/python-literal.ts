import { pythonObject } from './python-objects.ts'
import { PythonSyntax, readString, startsString } from './python-string.ts'

/** The value of a Python literal; an int that exceeds a number is a string of its digits. */
export type PythonValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PythonValue[]
  | { [key: string]: PythonValue }

/** Deeper than any status; the limit protects the stack from hostile records. */
const DEEPEST = 100

/** Python 2 writes an "L" after a long integer. */
const NUMBER = /-?(?:(?:0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?L?|inf\b)/y
const NAME = /[A-Za-z_][\w.]*/y
/** A zone of pytz; an offset west of UTC is a day back and some hours ahead: `EST-1 day, 19:00:00`. */
const PYTZ = /^<DstTzInfo '[^']{1,100}' [A-Za-z]{1,10}([+-])(?:1 day, )?(\d{1,2}):(\d\d):\d\d (?:STD|DST)>$/
const KEYWORD = /([A-Za-z_]\w*)\s*=(?!=)\s*/y
/** The value of an attribute that is not a literal: up to the next attribute, or the end. */
const BARE = /[^>]*?(?=\s[A-Za-z_]\w*=|>)/y
const WHITE_SPACE = new Set([' ', '\t', '\n', '\r'])

const WORDS: ReadonlyMap<string, PythonValue> = new Map<string, PythonValue>([
  ['None', null],
  ['True', true],
  ['False', false],
  ['nan', null],
  ['inf', null],
  ['NaN', null],
  ['NaT', null],
  ['Ellipsis', null],
  ['NotImplemented', null],
  ['datetime.timezone.utc', { utcoffset: 0 }],
])

/**
 * Parses the output of `repr` in one pass: dicts, lists, tuples, sets, strings, bytes, numbers, booleans, None, and
 * objects. An object such as `Status(id=1, …)` or `<Tweet id=1 text='…'>` gives its attributes, a time its ISO 8601
 * form, any other object its arguments. Other Python syntax (names, arithmetic, raw or joined strings) is rejected.
 *
 * @throws PythonSyntax with what was expected, and the place of what was found
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
      case '<':
        return this.#object(depth)
      default:
        return this.#scalar(depth)
    }
  }

  #scalar(depth: number): PythonValue {
    if (startsString(this.#text, this.#at)) return this.#string()
    NAME.lastIndex = this.#at
    return NAME.test(this.#text) ? this.#named(depth) : this.#number()
  }

  end(): void {
    if (this.#next() !== undefined) throw this.#expected('the end')
  }

  /** The next character that is not white space, without consuming it. */
  #next(): string | undefined {
    while (WHITE_SPACE.has(this.#text[this.#at] as string)) this.#at++
    return this.#text[this.#at]
  }

  #takes(character: string): boolean {
    if (this.#next() !== character) return false
    this.#at++
    return true
  }

  /** Consumes the match of a pattern. */
  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found) this.#at = pattern.lastIndex
    return found
  }

  /** A dict or a set: a colon makes the difference. */
  #dict(depth: number): PythonValue {
    const dict: { [key: string]: PythonValue } = {}
    const set: PythonValue[] = []
    this.#at++
    while (!this.#takes('}')) {
      const key = this.value(depth + 1)
      if (set.length > 0 || this.#next() !== ':') {
        if (Object.keys(dict).length > 0) throw this.#expected('":"')
        set.push(key)
      } else {
        this.#at++
        define(dict, key, this.value(depth + 1))
      }
      this.#separator('}')
    }
    return set.length > 0 ? set : dict
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

  /** A tuple, or one value in parentheses: a comma makes the difference. */
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

  /** Consumes a comma; if there is none, the closing bracket must follow. */
  #separator(close: string): boolean {
    if (this.#takes(',')) return true
    if (this.#next() !== close) throw this.#expected(`"," or "${close}"`)
    return false
  }

  /** A word such as None, or an object as a call: `datetime.datetime(2021, 11, 19)`. */
  #named(depth: number): PythonValue {
    const start = this.#at
    const name = this.#match(NAME)?.[0] ?? ''
    const word = WORDS.get(name)
    if (word !== undefined) return word
    if (this.#text[this.#at] !== '(') {
      this.#at = start
      throw this.#expected('a Python literal')
    }
    const values: PythonValue[] = []
    const attributes: { [key: string]: PythonValue } = {}
    this.#at++
    while (!this.#takes(')')) {
      const keyword = this.#match(KEYWORD)?.[1]
      const value = this.value(depth + 1)
      if (keyword === undefined) values.push(value)
      else define(attributes, keyword, value)
      this.#separator(')')
    }
    return pythonObject(name, values, attributes)
  }

  /** An object in angle brackets: `<Tweet id=1 text='…'>`. Without attributes it is None. */
  #object(depth: number): PythonValue {
    const start = this.#at
    const attributes: { [key: string]: PythonValue } = {}
    this.#at++
    this.#match(NAME)
    while (!this.#takes('>')) {
      if (this.#next() === undefined) throw this.#expected('">"')
      const keyword = this.#match(KEYWORD)?.[1]
      if (keyword === undefined) return this.#opaque(start)
      define(attributes, keyword, this.#attribute(depth))
    }
    return Object.keys(attributes).length > 0 ? attributes : null
  }

  /**
   * An object without attributes: `<function <lambda> at 0x7f…>`. It is None, except for a zone of pytz (`<DstTzInfo
   * 'Asia/Seoul' KST+9:00:00 STD>`), which is its offset.
   */
  #opaque(start: number): PythonValue {
    let open = 1
    let at = start + 1
    for (; open > 0 && at < this.#text.length; at++) {
      if (this.#text[at] === '<') open++
      else if (this.#text[at] === '>') open--
    }
    this.#at = open > 0 ? start : at
    if (open > 0) throw this.#expected('an object that ends in ">"')
    const [, sign, hours, minutes] = PYTZ.exec(this.#text.slice(start, at)) ?? []
    if (hours === undefined) return null
    const seconds = Number(hours) * 3600 + Number(minutes) * 60
    return { utcoffset: sign === '-' ? seconds - 86_400 : seconds }
  }

  #attribute(depth: number): PythonValue {
    const start = this.#at
    try {
      const value = this.value(depth + 1)
      const next = this.#text[this.#at]
      if (next === '>' || next === undefined || WHITE_SPACE.has(next)) return value
    } catch (error) {
      if (!(error instanceof PythonSyntax)) throw error
    }
    this.#at = start
    const bare = this.#match(BARE)?.[0]
    if (bare === undefined) throw this.#expected('an attribute')
    return bare
  }

  #string(): string | Uint8Array {
    const { value, end } = readString(this.#text, this.#at)
    this.#at = end
    return value
  }

  #number(): PythonValue {
    const found = this.#match(NUMBER)
    if (found === null) throw this.#expected('a Python literal')
    const [written, fraction, exponent] = found
    if (written.endsWith('inf')) return null
    const digits = written.replace('L', '')
    const number = Number(digits)
    const isInt = fraction === undefined && exponent === undefined
    return isInt && !Number.isSafeInteger(number) ? digits : number
  }

  #expected(what: string): PythonSyntax {
    return new PythonSyntax(what, this.#text, this.#at)
  }
}

/** Sets a key without the special meaning of `__proto__` in an assignment. */
function define(object: { [key: string]: PythonValue }, key: PythonValue, value: PythonValue): void {
  const name = typeof key === 'string' ? key : key instanceof Uint8Array ? String(key) : JSON.stringify(key)
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true })
  else object[name] = value
}
