import { PLUGIN_KINDS, type PluginKind } from '../catalogue/plugin-kinds.ts'
import type { z } from '../plugin/index.ts'
import { expectation, explainIssues } from './issues.ts'
import { optionKeys, optionValues } from './option-values.ts'
import type { PathProblem } from './problem.ts'
import { noteSecrets } from './redact.ts'
import type { Config } from './schema.ts'
import { isSecretAt } from './schema-walk.ts'

type Kinds = typeof PLUGIN_KINDS
type SectionEntry<Kind extends PluginKind> = Config[Kinds[Kind]['section']][number]

type Entries = {
  [Kind in PluginKind]: Kinds[Kind] extends { key: infer Key extends keyof SectionEntry<Kind> }
    ? NonNullable<SectionEntry<Kind>[Key]>
    : SectionEntry<Kind>
}

/** The configuration of one plugin of each kind. */
export interface PluginEntry extends Entries {}

/** The two parts of an entry: the exporter's keys, and the plugin's options. */
export type SplitPlugin<Kind extends PluginKind> = Pick<
  Exclude<PluginEntry[Kind], string>,
  Kinds[Kind]['exporterKeys'][number] & keyof Exclude<PluginEntry[Kind], string>
> & { options: Record<string, unknown> }

/** The keys of an entry that are not options of its plugin. */
export const exporterKeys = (kind: PluginKind): readonly string[] => PLUGIN_KINDS[kind].exporterKeys

/** Splits an entry. A format that is only a name has no options. */
export function splitPlugin<Kind extends PluginKind>(
  kind: Kind,
  entry: PluginEntry[Kind],
): SplitPlugin<Kind> {
  const keys = typeof entry === 'string' ? { use: entry } : entry
  const own: Record<string, unknown> = {}
  const options: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(keys)) {
    if (exporterKeys(kind).includes(key)) own[key] = value
    else options[key] = value
  }
  return { ...own, options } as SplitPlugin<Kind>
}

/** The options as the plugin receives them, or all their problems. */
export type ParsedOptions = { ok: true; options: unknown } | { ok: false; problems: PathProblem[] }

/**
 * Validates a plugin's options: unknown keys are problems even if the schema allows them, and each secret may be
 * given as `NAME_file`.
 *
 * @param raw the keys of the entry without the exporter's
 * @param baseDir the folder at which paths of secret files start
 * @param kind if given, keys of this kind are suggested too for an unknown key
 */
export function parseOptions(
  schema: z.ZodObject,
  raw: Record<string, unknown>,
  baseDir: string,
  kind?: PluginKind,
): ParsedOptions {
  const { value, problems } = optionValues(schema, raw, baseDir)
  noteSecrets(value, path => isSecretAt(schema, path))
  const parsed = schema.strict().safeParse(value, { error: expectation })
  if (parsed.success && problems.length === 0) return { ok: true, options: parsed.data }
  const moreKeys = [...optionKeys(schema.shape), ...(kind ? exporterKeys(kind) : [])]
  const isSecret = (path: (string | number)[]) => isSecretAt(schema, path)
  const found = parsed.success ? [] : explainIssues(parsed.error, schema, value, isSecret, moreKeys)
  return { ok: false, problems: [...problems, ...found] }
}
