import { InvalidRecord } from './format.ts'
import { shown } from './shown.ts'

/** An object in a record. Its properties are not trusted: check each before use. */
export type JsonObject = { readonly [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What JSON.parse calls for each value; `source` is the text of a value as it was written. TypeScript does not
 * declare it yet.
 */
export type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown

/** Thrown for text that is not JSON. */
export class NotJson extends InvalidRecord {}

const BYTE_ORDER_MARK = 0xfeff

/**
 * Like JSON.parse, but accepts the byte order mark that some programs write before the first record.
 *
 * @throws NotJson if the text is not JSON
 */
export function parseJson(text: string, reviver?: Reviver): unknown {
  return orThrow(readJson(text, reviver))
}

/** The same, but a string that contains an object or array is parsed: some programs encode JSON twice. */
export function parseNestedJson(text: string, reviver?: Reviver): unknown {
  return orThrow(readNestedJson(text, reviver))
}

function orThrow(value: unknown): unknown {
  if (value instanceof NotJson) throw value
  return value
}

/** The last character of a value, by its first one; UTF-16 units. */
const ENDS: Readonly<Record<number, number>> = { 34: 0x22, 91: 0x5d, 123: 0x7d }

/** First characters of a number, `true`, `false` and `null`; and white space, which may precede anything. */
const OTHERS = new Set([...'-0123456789tfn \t\r\n'].map(character => character.charCodeAt(0)))

/**
 * A fault that the first and last character show; undefined if only parsing can tell. A failed JSON.parse takes as
 * long as parsing several valid records.
 */
function faultAtEnds(text: string): string | undefined {
  const first = text.charCodeAt(0)
  const end = ENDS[first]
  if (end === undefined) return OTHERS.has(first) ? undefined : 'no JSON value begins like this'
  const last = text.charCodeAt(text.length - 1)
  if ((last === end && text.length > 1) || last <= 0x20) return undefined
  return `it begins with ${text[0]} and does not end with ${String.fromCharCode(end)}`
}

/** What {@link parseJson} returns or throws, as a result: throwing an error again costs as much once more. */
export function readJson(record: string, reviver?: Reviver): unknown {
  const text = record.charCodeAt(0) === BYTE_ORDER_MARK ? record.slice(1) : record
  const fault = faultAtEnds(text)
  if (fault !== undefined) return new NotJson(`expected JSON, got ${shown(record)} (${fault})`)
  // Without a stack trace: creating one would take as long as all other work on a bad record.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return JSON.parse(text, reviver as () => unknown)
  } catch (error) {
    return new NotJson(`expected JSON, got ${shown(record)} (${(error as Error).message})`)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

const IN_STRING = /^\s*[{[]/

/** What {@link parseNestedJson} returns or throws. */
export function readNestedJson(text: string, reviver?: Reviver): unknown {
  const value = readJson(text, reviver)
  if (typeof value !== 'string' || !IN_STRING.test(value)) return value
  const inner = readJson(value, reviver)
  return inner instanceof NotJson ? value : inner
}
