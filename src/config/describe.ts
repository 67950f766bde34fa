import { stringify } from 'yaml'
import type { z } from '../plugin/index.ts'
import { inputJsonSchema, type JsonSchema, UNITS } from './json-schema.ts'
import { orList } from './problem.ts'

/** One option, for documentation. */
export interface OptionRow {
  /** `listen`; for an option within a mapping or a list `tls.ca`, `windows[].size`. */
  name: string
  /** `duration`, `whole number from 1 to 1000`, `list of text`. */
  type: string
  required: boolean
  /** As written in YAML; empty if there is no default. */
  default: string
  secret: boolean
  description: string
}

/** The options that a zod object describes, in its order. */
export function describeOptions(schema: z.ZodType): OptionRow[] {
  return rowsOf(inputJsonSchema(schema), '')
}

/** The options of a mapping and of all inside it, from its JSON Schema. */
function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix: string): OptionRow[] {
  return Object.entries(properties).flatMap(([key, json]) => {
    const name = prefix + key
    const row: OptionRow = {
      name,
      type: typeOf(json),
      required: required.includes(key),
      default: json.shownDefault ?? defaultOf(json),
      secret: json.secret === true,
      description: json.description ?? '',
    }
    return [row, ...inside(json, name)]
  })
}

/** The options within a value that may be a mapping, a list, or a mapping with free keys. */
function inside(json: JsonSchema, name: string): OptionRow[] {
  const { anyOf = [], items, additionalProperties: values } = json
  return [
    ...rowsOf(json, `${name}.`),
    ...(items ? inside(items, `${name}[]`) : []),
    ...(typeof values === 'object' ? inside(values, `${name}.NAME`) : []),
    ...anyOf.flatMap(each => inside(each, name)),
  ]
}

function defaultOf(json: JsonSchema): string {
  if (json.default === undefined) return ''
  // An empty mapping is left out if its options are listed with their own defaults.
  if (json.properties && Object.keys(json.default as object).length === 0) return ''
  return stringify(json.default, {
    collectionStyle: 'flow',
    lineWidth: 0,
    flowCollectionPadding: true,
  }).trim()
}

/** The allowed values, in a few words. */
export function typeOf(json: JsonSchema): string {
  if (json.anyOf) return orList([...new Set(json.anyOf.map(typeOf))])
  if (json.enum) return `one of ${json.enum.join(', ')}`
  if (json.const !== undefined) return JSON.stringify(json.const)
  switch (json.type) {
    case 'array':
      return `list of ${plural(typeOf(json.items ?? {}))}`
    case 'object':
      return 'mapping'
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'integer':
      return `whole number${rangeOf(json)}`
    case 'number':
      return `number${rangeOf(json)}`
    case 'string':
      if (json.secret) return 'secret'
      return UNITS.get(json.pattern) ?? (json.format === 'uri' ? 'URL' : 'text')
    default:
      return 'anything'
  }
}

function plural(type: string): string {
  if (/^(?:one of|true or|anything)/.test(type)) return type
  return type.replace(/^(?:whole )?\w+/, noun => (noun === 'address' ? 'addresses' : `${noun}s`))
}

/** Filters the bounds that zod writes for every whole number. */
const isBound = (n: number | undefined): n is number =>
  n !== undefined && Math.abs(n) < Number.MAX_SAFE_INTEGER

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const from = isBound(minimum) ? minimum : undefined
  const to = isBound(maximum) ? maximum : undefined
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`
  if (from !== undefined) return ` from ${from}`
  if (isBound(exclusiveMinimum)) {
    const below = isBound(exclusiveMaximum) ? ` and below ${exclusiveMaximum}` : ''
    return ` above ${exclusiveMinimum}${to === undefined ? below : `, up to ${to}`}`
  }
  if (isBound(exclusiveMaximum)) return ` below ${exclusiveMaximum}`
  return to === undefined ? '' : ` up to ${to}`
}
