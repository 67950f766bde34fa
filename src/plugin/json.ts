import { InvalidRecord } from './format.ts'
import { shown } from './shown.ts'

/** An object of a record. Its properties come from outside: each is checked before it is used. */
export type JsonObject = { readonly [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What JSON.parse calls for each value; `source` is how a number, for one, was written. TypeScript lacks it yet. */
export type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown

/** Thrown for a text that is no JSON. */
export class NotJson extends InvalidRecord {}

const BYTE_ORDER_MARK = 0xfeff

/**
 * JSON.parse, but for the byte order mark that some programs write before the first record.
 *
 * @throws NotJson where the text is not JSON
 */
export function parseJson(text: string, reviver?: Reviver): unknown {
  return orThrow(readJson(text, reviver))
}

/** The same, but a string that holds an object or an array is that: some programs write JSON of JSON. */
export function parseNestedJson(text: string, reviver?: Reviver): unknown {
  return orThrow(readNestedJson(text, reviver))
}

function orThrow(value: unknown): unknown {
  if (value instanceof NotJson) throw value
  return value
}

/** By the first character of a value, in UTF-16: its last one. */
const ENDS: Readonly<Record<number, number>> = { 34: 0x22, 91: 0x5d, 123: 0x7d }

/** First characters of a number, `true`, `false` and `null`; and white space, behind which there may be anything. */
const OTHERS = new Set([...'-0123456789tfn \t\r\n'].map(character => character.charCodeAt(0)))

/**
 * What is wrong with a text by its first and last character; undefined where that must be seen by reading it. JSON.parse
 * takes as long to fail as it takes to read some good records.
 */
function faultAtEnds(text: string): string | undefined {
  const first = text.charCodeAt(0)
  const end = ENDS[first]
  if (end === undefined) return OTHERS.has(first) ? undefined : 'no value begins so'
  const last = text.charCodeAt(text.length - 1)
  if ((last === end && text.length > 1) || last <= 0x20) return undefined
  return `it begins with ${text[0]} and does not end with ${String.fromCharCode(end)}`
}

/** What {@link parseJson} returns or throws: an error that is thrown again costs once more. */
export function readJson(record: string, reviver?: Reviver): unknown {
  const text = record.charCodeAt(0) === BYTE_ORDER_MARK ? record.slice(1) : record
  const fault = faultAtEnds(text)
  if (fault !== undefined) return new NotJson(`expected JSON, got ${shown(record)} (${fault})`)
  // To note where the error was thrown would take as long as all else that a bad record costs.
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
