import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { KINDS, LISTED_KINDS, PLUGIN_KINDS, type PluginKindDeclaration } from '../catalogue/plugin-kinds.ts'
import { configSchema } from '../config/schema.ts'
import type { z } from '../plugin/index.ts'
import { loadDefinition } from './load.ts'

const root = join(import.meta.dirname, '../..')

test.each(KINDS)('every %s in its folder is listed as built in, and no other', kind => {
  const { folder, builtIn } = PLUGIN_KINDS[kind]
  const folders = readdirSync(join(root, folder), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
  expect([...builtIn]).toEqual(folders.sort())
})

test.each(KINDS)('every built-in %s has the name that it is listed by', async kind => {
  for (const name of PLUGIN_KINDS[kind].builtIn) {
    const definition = await loadDefinition(kind, name, root)
    expect(definition).toMatchObject({ kind, name })
  }
})

test.each(LISTED_KINDS)(
  "the exporter's keys of a %s are those that the schema of its section declares",
  kind => {
    const { section, exporterKeys } = PLUGIN_KINDS[kind]
    const declared = elementOf(configSchema.shape[section])
    expect(Object.keys(declared.shape).sort()).toEqual([...exporterKeys].sort())
  },
)

test('a kind without a section of its own is named by a key that an entry of its section has', () => {
  for (const { section, key } of Object.values<PluginKindDeclaration>(PLUGIN_KINDS))
    if (key !== undefined)
      expect(Object.keys(elementOf(configSchema.shape[section as 'sources']).shape)).toContain(key)
})

/** The schema of an entry of a section, whatever default is around the list. */
function elementOf(schema: z.ZodType): z.ZodObject {
  const inner = 'innerType' in schema.def ? (schema.def.innerType as z.ZodArray) : (schema as z.ZodArray)
  return inner.element as z.ZodObject
}
