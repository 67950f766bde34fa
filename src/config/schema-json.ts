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

/** What the schema needs to know of a built-in plugin. */
export interface DescribedPlugin {
  kind: PluginKind
  name: string
  description: string
  options: z.ZodObject
}

/** Instead of any value, a reference to the environment. */
const REFERENCE: JsonSchema = { type: 'string', pattern: '\\$\\{' }

/**
 * The JSON Schema (draft 7, which editors know best) of `mood.yml`: its keys, and the options of each built-in plugin
 * where `use` names it. A plugin of the user's own may have any options.
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

/** Lets a plugin be named, or have an entry, in a key of another plugin's entry. */
function nameWithin(value: JsonSchema, kind: PluginKind, plugins: readonly DescribedPlugin[]): void {
  value.anyOf = value.anyOf?.map(each =>
    each.type === 'object' ? withPlugins(each, kind, plugins) : named(each, plugins),
  ) as JsonSchema[]
}

/** An entry, or a plugin's name alone. The keywords of mappings say nothing of a text, so that they stay where they are. */
function orName({ type, ...entry }: JsonSchema, plugins: readonly DescribedPlugin[]): JsonSchema {
  return { ...entry, anyOf: [{ type: 'object' }, ...constants(plugins), { type: 'string', minLength: 1 }] }
}

const constants = (plugins: readonly DescribedPlugin[]): JsonSchema[] =>
  plugins.map(({ name, description }) => ({ const: name, description }))

/** A text that may be a built-in plugin's name; any other is a path or a package. */
const named = (use: JsonSchema, plugins: readonly DescribedPlugin[]): JsonSchema => ({
  ...use,
  anyOf: [...constants(plugins), { type: 'string' }],
})

/** An entry whose further keys are the options of the plugin that it uses. */
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

/** Allows `token_file` beside each secret, of which a required one then needs either. */
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

/** Allows a reference to the environment wherever a text of a certain form, a number or a boolean is expected. */
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
