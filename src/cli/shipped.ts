import { loadDefinition, type PluginDefinition } from '../loader/load.ts'
import { PLUGIN_KINDS, type PluginKind, SHIPPED } from '../loader/registry.ts'

export type ShippedPlugin = PluginDefinition

/** The definitions of all plugins that ship, or of those of one name, by kind and name. */
export async function shippedPlugins(name?: string): Promise<ShippedPlugin[]> {
  const wanted = PLUGIN_KINDS.flatMap(kind =>
    (SHIPPED[kind] as readonly string[])
      .filter(shipped => name === undefined || shipped === name)
      .map(shipped => ({ kind, shipped })),
  )
  return Promise.all(wanted.map(({ kind, shipped }) => load(kind, shipped)))
}

const load = async (kind: PluginKind, name: string) =>
  ({ ...(await loadDefinition(kind, name, process.cwd())), kind }) as PluginDefinition
