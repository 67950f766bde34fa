import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import './hooks.ts'
import { type AnyErrorCode, codeOf } from '../catalogue/errors.ts'
import type { PluginKind } from '../catalogue/plugin-kinds.ts'
import { parseOptions } from '../config/plugin-options.ts'
import { secretPaths } from '../config/schema-walk.ts'
import type { InnerPlugin } from '../plugin/declaration.ts'
import type { Definitions } from '../plugin/definitions.ts'
import { messageOf } from '../plugin/message-of.ts'
import { plainDefinitions } from '../plugin/metric-definitions.ts'
import type { MetricDefinitions } from '../plugin/metrics.ts'
import { isRankingFormat, loadDefinition } from './load.ts'

/** A plugin to validate. */
export interface Question {
  kind: PluginKind
  use: string
  options: Record<string, unknown>
  /** The path of its entry in the configuration. */
  path: (string | number)[]
}

/** The result for a plugin. */
export interface PluginResult {
  /** The plugin's own name; undefined if it could not be loaded. */
  name: string | undefined
  /** For a source: whether it is a live stream, and its default format. */
  live: boolean
  /** For a source: whether it can resume from a position. */
  replayable: boolean
  format: string | undefined
  /** For a format: whether its records contain rankings. */
  ranking: boolean
  /** The paths of secrets in its options. */
  secrets: string[][]
  /** Its declared metrics. */
  metrics: MetricDefinitions
  /** Inner plugins of its kind. */
  inner: Question[]
  problems: { path: (string | number)[]; message: string; code: AnyErrorCode }[]
}

/** The result if nothing is known of a plugin. */
export const NOTHING_FOUND = {
  name: undefined,
  live: false,
  replayable: false,
  format: undefined,
  ranking: false,
  secrets: [],
  metrics: {},
  inner: [],
} satisfies Partial<PluginResult>

/** Loads a plugin and validates its options. */
export async function validateOne(
  { kind, use, options, path }: Question,
  baseDir: string,
): Promise<PluginResult> {
  let definition: Definitions[PluginKind]
  try {
    definition = await loadDefinition(kind, use, baseDir)
  } catch (error) {
    const code = codeOf(error) ?? 'ERR_PLUGIN_UNLOADABLE'
    return { ...NOTHING_FOUND, problems: [{ path: [...path, 'use'], message: messageOf(error), code }] }
  }
  const source =
    kind === 'source' ? (definition as { live?: boolean; replayable?: boolean; format?: string }) : {}
  return {
    name: definition.name,
    live: source.live ?? false,
    replayable: source.replayable ?? false,
    format: source.format,
    ranking: kind === 'format' && isRankingFormat(definition as Definitions['format']),
    metrics: plainDefinitions(definition.metrics ?? {}),
    ...optionsResult(definition, { kind, use, options, path }, baseDir),
  }
}

/** The maximum of inner plugins that are validated. */
const MOST_INNER = 100

/** A schema may come from a plugin, and throw anything. */
function optionsResult(
  definition: Definitions[PluginKind],
  { kind, use, options, path }: Question,
  baseDir: string,
): Pick<PluginResult, 'secrets' | 'problems' | 'inner'> {
  const { options: schema } = definition
  try {
    const parsed = parseOptions(schema, options, baseDir, kind)
    const found = parsed.ok ? [] : parsed.problems
    const inner = parsed.ok ? innerOf(definition, parsed.options) : []
    return {
      inner: inner.slice(0, MOST_INNER).map(({ path: below, use, options }) => ({
        kind,
        use: String(use),
        options,
        path: [...path, ...below],
      })),
      secrets: secretPaths(schema).map(below => [...path.map(String), ...below]),
      problems: found.map(problem => ({
        path: [...path, ...problem.path],
        message: problem.message,
        code: 'ERR_CONFIG_INVALID',
      })),
    }
  } catch (error) {
    const message = `the options of ${use} could not be validated, as its schema failed: ${messageOf(error)}`
    return { secrets: [], inner: [], problems: [{ path: [...path], message, code: 'ERR_PLUGIN_FAILED' }] }
  }
}

const innerOf = (definition: Definitions[PluginKind], options: unknown): readonly InnerPlugin[] =>
  (definition as { inner?(options: unknown): readonly InnerPlugin[] }).inner?.(options) ?? []

if (!isMainThread && parentPort && (workerData as { role?: string })?.role === 'validate') {
  const port = parentPort
  const { questions, baseDir } = workerData as { questions: Question[]; baseDir: string }
  for (const question of questions) port.postMessage(await validateOne(question, baseDir))
  // A module may have left a timer or a socket open, which must not keep the thread alive.
  process.exit(0)
}
