import {
  KINDS,
  PLUGIN_KINDS,
  type PluginKind,
  type PluginKindDeclaration,
} from '../catalogue/plugin-kinds.ts'
import type { z } from '../plugin/index.ts'
import { inputJsonSchema, type JsonSchema } from './json-schema.ts'
import { exporterKeys } from './plugin-options.ts'
import { configSchema } from './schema.ts'

/** What the schema contains of a built-in plugin. */
export interface DescribedPlugin {
  kind: PluginKind
  name: string
  description: string
  options: z.ZodObject
}

/** An environment reference, which is allowed instead of any value. */
const REFERENCE: JsonSchema = { type: 'string', pattern: '\\$\\{' }

/**
 * The JSON Schema (draft 7, which editors support best) of `mood.yml`: its keys, and the options of the built-in
 * plugin that `use` names. Other plugins may have any options.
 */
export function configJsonSchema(plugins: readonly DescribedPlugin[]): JsonSchema {
  const config = inputJsonSchema(configSchema)
  const sections = config.properties as Record<string, JsonSchema>
  for (const kind of KINDS) {
    const { section, key }: PluginKindDeclaration = PLUGIN_KINDS[kind]
    const list = sections[section] as JsonSchema
    const entry = list.items as JsonSchema
    const ofKind = plugins.filter(plugin => plugin.kind === kind)
    if (key === undefined) list.items = orName(withPlugins(entry, kind, ofKind), ofKind)
    else nameWithin(entry.properties?.[key] as JsonSchema, kind, ofKind)
  }

  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of mood-exporter',
    ...orReference(config),
  }
}

/** Allows the name or entry of a plugin in a key of another plugin's entry. */
function nameWithin(value: JsonSchema, kind: PluginKind, plugins: readonly DescribedPlugin[]): void {
  value.anyOf = value.anyOf?.map(each =>
    each.type === 'object' ? withPlugins(each, kind, plugins) : named(each, plugins),
  ) as JsonSchema[]
}

/** An entry, or only a plugin's name. The keywords for mappings have no effect on a text, so they can stay. */
function orName({ type, ...entry }: JsonSchema, plugins: readonly DescribedPlugin[]): JsonSchema {
  return { ...entry, anyOf: [{ type: 'object' }, ...constants(plugins), { type: 'string', minLength: 1 }] }
}

const constants = (plugins: readonly DescribedPlugin[]): JsonSchema[] =>
  plugins.map(({ name, description }) => ({ const: name, description }))

/** A text that may be the name of a built-in plugin; any other is a path or a package. */
const named = (use: JsonSchema, plugins: readonly DescribedPlugin[]): JsonSchema => ({
  ...use,
  anyOf: [...constants(plugins), { type: 'string' }],
})

/** An entry whose other keys are the options of its plugin. */
function withPlugins(entry: JsonSchema, kind: PluginKind, plugins: readonly DescribedPlugin[]): JsonSchema {
  if (plugins.length === 0) return entry
  const properties = entry.properties ?? {}
  const own = Object.fromEntries(exporterKeys(kind).map(key => [key, true]))
  return {
    ...entry,
    properties: { ...properties, use: named(properties.use ?? {}, plugins) },
    allOf: plugins.map(({ name, options }) => {
      const { properties, allOf } = withSecretFiles(inputJsonSchema(options.strict()))
      return {
        if: { properties: { use: { const: name } }, required: ['use'] },
        // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's keyword
        then: {
          properties: { ...own, ...properties },
          additionalProperties: false,
          ...(allOf ? { allOf } : {}),
        },
      }
    }),
  }
}

/** Allows `token_file` beside each secret. If the secret is required, one of the two is. */
function withSecretFiles(json: JsonSchema): { properties: Record<string, JsonSchema>; allOf?: JsonSchema[] } {
  const { properties = {}, required = [] } = json
  const secrets = Object.entries(properties).filter(([, option]) => option.secret)
  const files = secrets.map(([key]) => [
    `${key}_file`,
    { type: 'string', description: `A file that holds \`${key}\`.` },
  ])
  const needed = required.map(key =>
    properties[key]?.secret
      ? { anyOf: [{ required: [key] }, { required: [`${key}_file`] }] }
      : { required: [key] },
  )
  return {
    properties: { ...properties, ...Object.fromEntries(files) },
    ...(needed.length > 0 ? { allOf: needed } : {}),
  }
}

/** Allows an environment reference wherever a text of a certain form, a number or a boolean is expected. */
function orReference(json: JsonSchema): JsonSchema {
  const { secret, shownDefault, ...rest } = mapChildren(json)
  const isOpen = rest.type === 'string' && !rest.pattern && !rest.enum && !rest.format
  const isScalar = ['string', 'number', 'integer', 'boolean'].includes(rest.type ?? '')
  if (!isScalar || isOpen || 'const' in rest) return rest
  const { description, default: otherwise, ...plain } = rest
  return {
    ...(description === undefined ? {} : { description }),
    ...(otherwise === undefined ? {} : { default: otherwise }),
    anyOf: [plain, REFERENCE],
  }
}

const onObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? orReference(value as JsonSchema)
    : value

function mapChildren(json: JsonSchema): JsonSchema {
  const result: JsonSchema = { ...json }
  if (json.properties) {
    result.properties = Object.fromEntries(
      Object.entries(json.properties).map(([key, value]) => [key, onObject(value) as JsonSchema]),
    )
  }
  for (const key of ['items', 'additionalProperties', 'then'])
    if (key in json) result[key] = onObject(json[key])
  for (const key of ['anyOf', 'allOf']) {
    if (Array.isArray(json[key])) result[key] = (json[key] as unknown[]).map(onObject)
  }
  return result
}
