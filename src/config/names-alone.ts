import { LISTED_KINDS, PLUGIN_KINDS } from '../catalogue/plugin-kinds.ts'

/** A configuration whose lists of plugins hold entries only: a name alone, as in `scorers: [afinn]`, becomes `{ use: afinn }`. */
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
