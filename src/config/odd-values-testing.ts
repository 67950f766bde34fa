import type { z } from '../plugin/index.ts'
import { inputJsonSchema, type JsonSchema } from './json-schema.ts'

type Path = (string | number)[]

/** A value of each YAML type, and some edge cases. */
export const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e21,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  '',
  '\0',
  '\ud800',
  'constructor',
  `${'9'.repeat(400)}d`,
  '${X',
  [],
  [null],
  [[]],
  ['', 1, true, null],
  {},
  { a: null },
  { constructor: 1 },
]

/** Deeper options repeat those above. */
const DEEPEST = 8

/** Does not apply to the other keys of a plugin: they may be anything until its own schema validates them. */
const hasType = (values: JsonSchema['additionalProperties']): values is JsonSchema =>
  typeof values === 'object' && Object.keys(values).length > 0

/** The paths of all values in a schema: each key, the first item of each list, a key `name` if keys are free. */
export function optionPlaces(schema: z.ZodType): Path[] {
  const placesOf = (json: JsonSchema, path: Path): Path[] => {
    if (path.length > DEEPEST) return []
    const { properties = {}, items, additionalProperties: values, anyOf = [] } = json
    const below = [
      ...Object.entries(properties).flatMap(([key, inner]) => placesOf(inner, [...path, key])),
      ...(items ? placesOf(items, [...path, 0]) : []),
      ...(hasType(values) ? placesOf(values, [...path, 'name']) : []),
    ]
    return [path, ...below, ...anyOf.flatMap(each => placesOf(each, path))]
  }
  const places = placesOf(inputJsonSchema(schema), []).filter(({ length }) => length > 0)
  return [...new Map(places.map(path => [path.join('\0'), path])).values()]
}

/** Sets a value in a mapping, and creates the mappings and lists on its path. */
export function withValueAt(
  root: Record<string, unknown>,
  path: Path,
  value: unknown,
): Record<string, unknown> {
  let inner = root as Record<string | number, unknown>
  path.forEach((key, i) => {
    if (i === path.length - 1) inner[key] = value
    else {
      inner[key] ??= typeof path[i + 1] === 'number' ? [] : {}
      inner = inner[key] as typeof inner
    }
  })
  return root
}

/** Whether a message comes from the runtime or a library instead of this project. Quoted text does not count. */
export const readsLikeAnException = (message: string): boolean =>
  /Cannot |undefined|\[object|is not a |NaN|Infinity|Received|Error|Unexpected|Invalid /.test(
    message.replace(/"(?:[^"\\]|\\.)*"/g, ''),
  )
