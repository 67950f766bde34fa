import { PLUGIN_KINDS, type PluginKind } from '../catalogue/plugin-kinds.ts'

/** Sources run from TypeScript in a checkout, and from JavaScript in the package. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** A module of the exporter by its path below the root, without its extension. */
export const moduleUrl = (path: string): string => new URL(`../../${path}.${extension}`, import.meta.url).href

/** The module of a built-in plugin. */
export const builtInUrl = (kind: PluginKind, name: string): string =>
  moduleUrl(`${PLUGIN_KINDS[kind].folder}/${name}/index`)
