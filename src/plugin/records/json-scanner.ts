const NUL = 0
const LF = 10
const CR = 13
const SPACE = 32
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39
const OPEN_PAREN = 40
const COMMA = 44
const COLON = 58
const OPEN_BRACKET = 91
const BACKSLASH = 92
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

const STRUCTURAL = new Uint8Array(256)
for (const mark of '"\',:{}[]()') STRUCTURAL[mark.charCodeAt(0)] = 1

/** What may come next. */
type Next = 'key' | 'colon' | 'value' | 'comma'

/** The maximum depth, which exceeds that of any value within the limit of a record. */
const DEEPEST = 2 ** 20

/** The value continues after these bytes. */
export const GOES_ON = -1
/** No value can continue with these bytes. */
export const MALFORMED = -2
/** The watcher has stopped the scan. */
export const STOPPED = -3

/** Whether an object or an array begins with a byte. */
export const isOpening = (byte: number | undefined): boolean => byte === OPEN_BRACE || byte === OPEN_BRACKET

/** Receives keys and brackets while a value is scanned. Depths count from 1, that of the value itself. */
export interface ScanWatcher {
  /** An object or an array begins. Returning true stops the scan before it. */
  opens(depth: number, isArray: boolean): boolean
  closes(depth: number): void
  /** A byte of a key, quotes included, of an object at this depth. */
  key(byte: number, depth: number, isFirst: boolean): void
}

/**
 * Finds the end of an object or array that arrives in pieces. Single-quoted strings and tuples are accepted, so that
 * the output of Python is read too. On the first line only strings and brackets matter: a parser validates the value
 * later. From the second line on the grammar is checked, which distinguishes a value over several lines from one that
 * was cut off. Strings must not contain a line end or a NUL.
 */
export class JsonScanner {
  readonly #watcher: ScanWatcher | undefined
  /** By depth: whether it is an object. */
  #isObject = new Uint8Array(64)
  #depth = 0
  #next: Next = 'value'
  #quote = 0
  #isEscaped = false
  #isInKey = false
  #isInScalar = false
  #spansLines = false
  /** The index at which a scan stopped, or found the value malformed. */
  lastAt = 0

  constructor(watcher?: ScanWatcher) {
    this.#watcher = watcher
  }

  /** Whether the value contains a line end. */
  get spansLines(): boolean {
    return this.#spansLines
  }

  /** Call it before another value. @param depth how many of its objects were opened already */
  reset(depth = 0): void {
    this.#depth = depth
    this.#isObject.fill(1, 1, depth + 1)
    this.#next = depth === 0 ? 'value' : 'comma'
    this.#quote = 0
    this.#isEscaped = false
    this.#isInScalar = false
    this.#spansLines = false
  }

  /** Ends the value before which the watcher stopped the scan. */
  skipValue(): void {
    this.#next = 'comma'
  }

  /** Scans bytes from an index. Returns the index after the value's end, or GOES_ON, MALFORMED or STOPPED. */
  scan(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (this.#quote !== 0) {
        if (byte === LF || byte === NUL) return this.#stop(at, MALFORMED)
        this.#inString(byte)
        continue
      }
      const isScalar = byte > SPACE && STRUCTURAL[byte] === 0
      const wasScalar = this.#isInScalar
      this.#isInScalar = isScalar
      if (byte === NUL) return this.#stop(at, MALFORMED)
      if (byte === LF || byte === CR) this.#spansLines = true
      if (byte <= SPACE) continue
      // A quote right after a scalar is the prefix of a Python string.
      if (isScalar ? wasScalar : wasScalar && isQuote(byte)) {
        if (!isScalar) this.#quote = byte
        continue
      }
      if (isScalar || isQuote(byte)) {
        if (!this.#begins()) return this.#stop(at, MALFORMED)
        if (!isScalar) this.#beginString(byte)
      } else if (isOpening(byte) || byte === OPEN_PAREN) {
        if (this.#watcher?.opens(this.#depth + 1, byte === OPEN_BRACKET)) return this.#stop(at, STOPPED)
        if (!this.#open(byte)) return this.#stop(at, MALFORMED)
      } else if (byte === COMMA) this.#next = this.#isObject[this.#depth] === 1 ? 'key' : 'value'
      else if (byte === COLON) this.#next = this.#isObject[this.#depth] === 1 ? 'value' : this.#next
      else if (this.#spansLines && !this.#closesWhatIsOpen(byte)) return this.#stop(at, MALFORMED)
      else {
        this.#watcher?.closes(this.#depth)
        this.#next = 'comma'
        if (--this.#depth <= 0) return at + 1
      }
    }
    return GOES_ON
  }

  #stop(at: number, why: number): number {
    this.lastAt = at
    return why
  }

  /** A key, or a value other than an object or array, begins. Returns false if none is allowed here. */
  #begins(): boolean {
    const next = this.#next
    this.#isInKey = next === 'key'
    this.#next = next === 'key' ? 'colon' : 'comma'
    return !this.#spansLines || next === 'key' || next === 'value'
  }

  #beginString(quote: number): void {
    this.#quote = quote
    if (this.#isInKey) this.#watcher?.key(quote, this.#depth, true)
  }

  #inString(byte: number): void {
    if (this.#isInKey) this.#watcher?.key(byte, this.#depth, false)
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === this.#quote) this.#quote = 0
  }

  #open(byte: number): boolean {
    if (this.#spansLines && this.#next !== 'value') return false
    if (++this.#depth > DEEPEST) return false
    if (this.#depth >= this.#isObject.length) {
      const larger = new Uint8Array(2 * this.#isObject.length)
      larger.set(this.#isObject)
      this.#isObject = larger
    }
    const isObject = byte === OPEN_BRACE
    this.#isObject[this.#depth] = isObject ? 1 : 0
    this.#next = isObject ? 'key' : 'value'
    return true
  }

  #closesWhatIsOpen(byte: number): boolean {
    return (byte === CLOSE_BRACE) === (this.#isObject[this.#depth] === 1)
  }
}

const isQuote = (byte: number): boolean => byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE
