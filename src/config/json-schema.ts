import { address, duration, size, z } from '../plugin/index.ts'

/** As much of JSON Schema as zod writes of the schemas here. */
export interface JsonSchema {
  type?: string
  description?: string
  default?: unknown
  /** What to show for a default that is not the same on every machine. */
  shownDefault?: string
  /** Made by `secret()`. */
  secret?: boolean
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  pattern?: string
  format?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  [keyword: string]: unknown
}

/** A zod schema as JSON Schema of what a user writes: before defaults are filled in and units are read. */
export function inputJsonSchema(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    // What zod cannot say in JSON Schema may be anything here; the schema itself still checks it.
    cycles: 'ref',
    reused: 'inline',
    override({ jsonSchema }) {
      if ('shownDefault' in jsonSchema) delete jsonSchema.default
    },
  }) as JsonSchema
  delete json.$schema
  return json
}

const patternOf = (schema: z.ZodType) => inputJsonSchema(schema).pattern

/** What the texts are called that the plugin API's helpers read, by their patterns. */
export const UNITS = new Map([
  [patternOf(duration()), 'duration'],
  [patternOf(size()), 'size'],
  [patternOf(address()), 'address'],
])
