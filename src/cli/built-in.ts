import { KINDS, PLUGIN_KINDS, type PluginKind } from '../catalogue/plugin-kinds.ts'
import { loadDefinition } from '../loader/load.ts'
import type { PluginDefinition } from '../plugin/definitions.ts'

/** The definitions of all built-in plugins, or of those with one name, by kind and name. */
export async function builtInPlugins(name?: string): Promise<PluginDefinition[]> {
  const wanted = KINDS.flatMap(kind =>
    PLUGIN_KINDS[kind].builtIn
      .filter(builtIn => name === undefined || builtIn === name)
      .map(builtIn => ({ kind, builtIn })),
  )
  return Promise.all(wanted.map(({ kind, builtIn }) => load(kind, builtIn)))
}

const load = async (kind: PluginKind, name: string) =>
  ({ ...(await loadDefinition(kind, name, process.cwd())), kind }) as PluginDefinition
