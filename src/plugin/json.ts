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
  try {
    return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text, reviver as () => unknown)
  } catch (error) {
    throw new NotJson(`expected JSON, got ${shown(text)} (${(error as Error).message})`)
  }
}

const IN_STRING = /^\s*[{[]/

/** The same, but a string that holds an object or an array is that: some programs write JSON of JSON. */
export function parseNestedJson(text: string, reviver?: Reviver): unknown {
  const value = parseJson(text, reviver)
  if (typeof value !== 'string' || !IN_STRING.test(value)) return value
  try {
    return parseJson(value, reviver)
  } catch {
    return value
  }
}
