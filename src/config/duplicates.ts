import { LISTED_KINDS, PLUGIN_KINDS } from '../catalogue/plugin-kinds.ts'
import type { PathProblem } from './problem.ts'
import { quote } from './problem.ts'

/**
 * Entries that would share the value of a label. An entry without a `name` goes by what it uses: a plugin used twice
 * has the same name twice, whatever that name is.
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
