/** The plugins that ship with the exporter, by kind. Each is a folder of that name below `plugins/`. */
export const SHIPPED = {
  source: ['demo', 'file', 'http', 'stdin', 'tcp'],
  format: ['csv', 'json', 'post', 'text', 'twitter-v1', 'twitter-v2'],
  scorer: ['afinn', 'auto', 'emoji', 'emotions', 'ensemble', 'http', 'onnx', 'tuned', 'vader'],
  extractor: ['emoji', 'hashtags', 'mentions', 'words'],
} as const satisfies Record<string, readonly string[]>

export type PluginKind = keyof typeof SHIPPED

export const PLUGIN_KINDS = Object.keys(SHIPPED) as PluginKind[]

/** Sources run from TypeScript in a checkout, and from JavaScript in the package. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** A module of the exporter by its path below the root, without its extension. */
export const moduleUrl = (path: string): string => new URL(`../../${path}.${extension}`, import.meta.url).href

export function isShipped(kind: PluginKind, name: string): boolean {
  return (SHIPPED[kind] as readonly string[]).includes(name)
}

export const shippedUrl = (kind: PluginKind, name: string): string =>
  moduleUrl(`plugins/${kind}s/${name}/index`)
