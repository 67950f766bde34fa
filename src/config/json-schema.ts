import { address, duration, size, z } from '../plugin/index.ts'

/** The part of JSON Schema that zod writes for the schemas here. */
export interface JsonSchema {
  type?: string
  description?: string
  default?: unknown
  /** The default to show if it varies between machines. */
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

/** A zod schema as JSON Schema of the user's input: before defaults and units are applied. */
export function inputJsonSchema(schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    // Types without an equivalent in JSON Schema accept anything here; the zod schema still checks them.
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

/** The names of the types of the plugin API's option helpers, by their patterns. */
export const UNITS = new Map([
  [patternOf(duration()), 'duration'],
  [patternOf(size()), 'size'],
  [patternOf(address()), 'address'],
])
