import { LISTED_KINDS, PLUGIN_KINDS } from '../catalogue/plugin-kinds.ts'

/** Expands names in lists of plugins: `scorers: [afinn]` becomes `scorers: [{ use: afinn }]`. */
export function withEntries(config: Record<string, unknown>): Record<string, unknown> {
  const result = { ...config }
  for (const kind of LISTED_KINDS) {
    const { section } = PLUGIN_KINDS[kind]
    const entries = result[section]
    if (Array.isArray(entries))
      result[section] = entries.map((entry: unknown) => (typeof entry === 'string' ? { use: entry } : entry))
  }
  return result
}
