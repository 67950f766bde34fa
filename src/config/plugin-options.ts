import type { z } from '../plugin/index.ts'
import { expectation, explainIssues } from './issues.ts'
import { optionKeys, optionValues } from './option-values.ts'
import type { PathProblem } from './problem.ts'
import type { Config } from './schema.ts'
import { isSecretAt } from './schema-walk.ts'

export type PluginKind = 'source' | 'format' | 'scorer' | 'extractor'

/** The keys of a plugin's entry that are the exporter's own. All others are the plugin's options. */
const HOST_KEYS = {
  source: ['use', 'name', 'format', 'dedupe'],
  format: ['use'],
  scorer: ['use', 'name'],
  extractor: ['use', 'name', 'top', 'windows'],
} as const satisfies Record<PluginKind, readonly string[]>

export const hostKeys = (kind: PluginKind): readonly string[] => HOST_KEYS[kind]

/** What the configuration holds for one plugin of each kind. */
export interface PluginEntry {
  source: Config['sources'][number]
  format: NonNullable<Config['sources'][number]['format']>
  scorer: Config['scorers'][number]
  extractor: Config['extractors'][number]
}

/** An entry taken apart: what the exporter reads of it, and the plugin's options. */
export type SplitPlugin<Kind extends PluginKind> = Pick<
  Exclude<PluginEntry[Kind], string>,
  (typeof HOST_KEYS)[Kind][number] & keyof Exclude<PluginEntry[Kind], string>
> & { options: Record<string, unknown> }

/** Takes an entry apart. A format that is only a name has no options. */
export function splitPlugin<Kind extends PluginKind>(
  kind: Kind,
  entry: PluginEntry[Kind],
): SplitPlugin<Kind> {
  const keys = typeof entry === 'string' ? { use: entry } : entry
  const host: Record<string, unknown> = {}
  const options: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(keys)) {
    if (hostKeys(kind).includes(key)) host[key] = value
    else options[key] = value
  }
  return { ...host, options } as SplitPlugin<Kind>
}

/** Options as a plugin gets them, or everything that is wrong with them. */
export type ParsedOptions = { ok: true; options: unknown } | { ok: false; problems: PathProblem[] }

/**
 * Validates a plugin's options: unknown keys are problems whatever the schema says of them, and each secret may be
 * given as `NAME_file`.
 *
 * @param raw what stands beside the host's keys
 * @param baseDir where the paths of secrets' files start
 * @param kind what to suggest host keys of, when a key is not known
 */
export function parseOptions(
  schema: z.ZodObject,
  raw: Record<string, unknown>,
  baseDir: string,
  kind?: PluginKind,
): ParsedOptions {
  const { value, problems } = optionValues(schema, raw, baseDir)
  const parsed = schema.strict().safeParse(value, { error: expectation })
  if (parsed.success && problems.length === 0) return { ok: true, options: parsed.data }
  const moreKeys = [...optionKeys(schema.shape), ...(kind ? hostKeys(kind) : [])]
  const isSecret = (path: (string | number)[]) => isSecretAt(schema, path)
  const found = parsed.success ? [] : explainIssues(parsed.error, schema, value, isSecret, moreKeys)
  return { ok: false, problems: [...problems, ...found] }
}
