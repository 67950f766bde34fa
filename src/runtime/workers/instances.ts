import {
  type ContextParts,
  checked,
  contextFor,
  make,
  prepare,
  scorerContext,
} from '../../loader/instances.ts'
import { LanguageDetector } from '../../pipeline/language.ts'
import type { Instances } from '../../pipeline/pipeline.ts'
import type { Plan, PluginSpec } from '../../pipeline/plan.ts'

/** Makes all the plugins that a worker runs. */
export async function makeInstances(plan: Plan, parts: ContextParts): Promise<Instances> {
  const each = <Kind extends 'format' | 'extractor'>(kind: Kind, specs: PluginSpec[]) =>
    Promise.all(
      specs.map(async spec => {
        const { definition, options } = await prepare(kind, spec, plan.baseDir)
        return make(kind, spec.name, () =>
          definition.create(options, contextFor(kind, spec.name, parts, definition)),
        )
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
          checked(await definition.create(options, scorerContext('scorer', spec.name, parts, definition)))
        return make('scorer', spec.name, create)
      }),
    ),
    each('extractor', plan.extractors),
    plan.languages.detect ? new LanguageDetector(plan.languages.labels) : null,
  ])
  return { formats, scorers, extractors, detector } as Instances
}
