import { LISTED_KINDS, PLUGIN_KINDS } from '../catalogue/plugin-kinds.ts'
import type { PathProblem } from './problem.ts'
import { quote } from './problem.ts'

/**
 * Entries with the same value of a label. An entry without a `name` is named after its plugin, so a plugin that is
 * used twice without names is a duplicate too.
 */
export function duplicateNames(config: Record<string, unknown>): PathProblem[] {
  return LISTED_KINDS.flatMap(kind => {
    const { section } = PLUGIN_KINDS[kind]
    const entries = config[section]
    if (!Array.isArray(entries)) return []
    const seen = new Set<string>()
    return entries.flatMap((entry: { name?: unknown; use?: unknown } | null, i): PathProblem[] => {
      const name = entry?.name ?? entry?.use
      if (typeof name !== 'string') return []
      if (!seen.has(name)) {
        seen.add(name)
        return []
      }
      const path = entry?.name === undefined ? [section, i] : [section, i, 'name']
      return [
        { path, message: `two ${section} are called ${quote(name)}: give this one a \`name\` of its own` },
      ]
    })
  })
}
