import { PLUGIN_KINDS, type PluginKind } from '../catalogue/plugin-kinds.ts'

/** In a checkout modules are TypeScript, in the package JavaScript. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** A module of the exporter, by its path below the root without the extension. */
export const moduleUrl = (path: string): string => new URL(`../../${path}.${extension}`, import.meta.url).href

/** The module of a built-in plugin. */
export const builtInUrl = (kind: PluginKind, name: string): string =>
  moduleUrl(`${PLUGIN_KINDS[kind].folder}/${name}/index`)
