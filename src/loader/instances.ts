import { MoodError } from '../catalogue/errors.ts'
import { parseOptions } from '../config/plugin-options.ts'
import { MAX_EMOTIONS } from '../pipeline/answer.ts'
import { LanguageDetector } from '../pipeline/language.ts'
import type { Instances } from '../pipeline/pipeline.ts'
import type { Plan, PluginSpec } from '../pipeline/plan.ts'
import type { PluginContext } from '../plugin/context.ts'
import type { Scorer, ScorerContext } from '../plugin/scorer.ts'
import type { LimitedLog } from '../runtime/threads/log-limit.ts'
import { type Definitions, loadDefinition } from './load.ts'
import type { PluginKind } from './registry.ts'

/** What a plugin is given beside its options. */
export function contextFor(
  kind: PluginKind,
  name: string,
  { log, signal, baseDir }: { log: LimitedLog; signal: AbortSignal; baseDir: string },
): PluginContext {
  const cause = `${kind} ${name}`
  return {
    name,
    signal,
    baseDir,
    log: {
      debug: (message, fields) => log.write('debug', cause, message, fields),
      info: (message, fields) => log.write('info', cause, message, fields),
      warn: (message, fields) => log.write('warn', cause, message, fields),
      error: (message, fields) => log.write('error', cause, message, fields),
    },
  }
}

/** The same for a scorer, which may be made of others. */
export const scorerContext = (context: PluginContext): ScorerContext => ({
  ...context,
  async scorer({ use, ...options }) {
    const spec = { use, name: use, options }
    const { definition, options: parsed } = await prepare('scorer', spec, context.baseDir)
    return checked(await definition.create(parsed, scorerContext(context)))
  },
})

/** @throws Error where a scorer declares what cannot become labels */
export function checked(scorer: Scorer): Scorer {
  const { emotions = [] } = scorer
  if (emotions.length > MAX_EMOTIONS)
    throw new Error(`expected at most ${MAX_EMOTIONS} emotions, got ${emotions.length}`)
  const odd = emotions.find(
    emotion => typeof emotion !== 'string' || !/^[\p{L}\p{N}_ -]{1,40}$/u.test(emotion),
  )
  if (odd !== undefined)
    throw new Error(
      `expected emotions of up to 40 letters, digits, spaces, "_" or "-", got ${JSON.stringify(odd)}`,
    )
  return scorer
}

/** A plugin's definition and its validated options. */
export async function prepare<Kind extends PluginKind>(
  kind: Kind,
  { use, options: raw }: PluginSpec,
  baseDir: string,
): Promise<{ definition: Definitions[Kind]; options: never }> {
  const definition = await loadDefinition(kind, use, baseDir)
  const parsed = parseOptions(definition.options, raw, baseDir)
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new MoodError('ERR_CONFIG_INVALID', `${use}: ${problems.join('; ')}`)
  }
  return { definition, options: parsed.options as never }
}

/** Makes a plugin; an error of its `create` says whose it is. */
export async function make<T>(kind: PluginKind, name: string, create: () => T | Promise<T>): Promise<T> {
  try {
    return await create()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new MoodError('ERR_PLUGIN_FAILED', `${kind} ${name} could not be created: ${message}`, {
      cause: error,
    })
  }
}

/** Makes all the plugins that a worker runs. */
export async function makeInstances(plan: Plan, log: LimitedLog, signal: AbortSignal): Promise<Instances> {
  const context = (kind: PluginKind, name: string) =>
    contextFor(kind, name, { log, signal, baseDir: plan.baseDir })
  const each = <Kind extends 'format' | 'extractor'>(kind: Kind, specs: PluginSpec[]) =>
    Promise.all(
      specs.map(async spec => {
        const { definition, options } = await prepare(kind, spec, plan.baseDir)
        return make(kind, spec.name, () => definition.create(options, context(kind, spec.name)))
      }),
    )
  const [formats, scorers, extractors, detector] = await Promise.all([
    each(
      'format',
      plan.sources.map(({ format }) => format),
    ),
    Promise.all(
      plan.scorers.map(async spec => {
        const { definition, options } = await prepare('scorer', spec, plan.baseDir)
        const create = async () =>
          checked(await definition.create(options, scorerContext(context('scorer', spec.name))))
        return make('scorer', spec.name, create)
      }),
    ),
    each('extractor', plan.extractors),
    plan.languages.detect ? new LanguageDetector(plan.languages.labels) : null,
  ])
  return { formats, scorers, extractors, detector } as Instances
}
