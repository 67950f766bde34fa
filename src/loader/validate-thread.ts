import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import './hooks.ts'
import { type AnyErrorCode, codeOf } from '../catalogue/errors.ts'
import type { PluginKind } from '../catalogue/plugin-kinds.ts'
import { parseOptions } from '../config/plugin-options.ts'
import { secretPaths } from '../config/schema-walk.ts'
import { plainDefinitions } from '../plugin/metric-definitions.ts'
import type { MetricDefinitions } from '../plugin/metrics.ts'
import { loadDefinition } from './load.ts'

/** A plugin to look at. */
export interface Question {
  kind: PluginKind
  use: string
  options: Record<string, unknown>
  /** Where its entry stands in the configuration. */
  path: (string | number)[]
}

/** What was found of a plugin. */
export interface Finding {
  /** The plugin's own name; undefined where it could not be loaded. */
  name: string | undefined
  /** Of a source: whether it is a live stream, and its usual format. */
  live: boolean
  format: string | undefined
  /** Where its options hold secrets. */
  secrets: string[][]
  /** Metrics that it declares. */
  metrics: MetricDefinitions
  problems: { path: (string | number)[]; message: string; code: AnyErrorCode }[]
}

/** Loads a plugin and validates its options. */
export async function inspectOne({ kind, use, options, path }: Question, baseDir: string): Promise<Finding> {
  const nothing = { name: undefined, live: false, format: undefined, secrets: [], metrics: {} }
  try {
    const definition = await loadDefinition(kind, use, baseDir)
    const parsed = parseOptions(definition.options, options, baseDir, kind)
    const source = kind === 'source' ? (definition as { live?: boolean; format?: string }) : {}
    return {
      name: definition.name,
      live: source.live ?? false,
      format: source.format,
      secrets: secretPaths(definition.options).map(below => [...path.map(String), ...below]),
      metrics: plainDefinitions(definition.metrics ?? {}),
      problems: parsed.ok
        ? []
        : parsed.problems.map(problem => ({
            path: [...path, ...problem.path],
            message: problem.message,
            code: 'ERR_CONFIG_INVALID',
          })),
    }
  } catch (error) {
    const { message } = error as Error
    const code = codeOf(error) ?? 'ERR_PLUGIN_UNLOADABLE'
    return { ...nothing, problems: [{ path: [...path, 'use'], message, code }] }
  }
}

if (!isMainThread && parentPort && (workerData as { role?: string })?.role === 'inspect') {
  const port = parentPort
  const { questions, baseDir } = workerData as { questions: Question[]; baseDir: string }
  for (const question of questions) port.postMessage(await inspectOne(question, baseDir))
  // A module may have left a timer or a socket behind: nothing of it is wanted any more.
  process.exit(0)
}
