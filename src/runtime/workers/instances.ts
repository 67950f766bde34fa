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
import type { Format } from '../../plugin/format.ts'
import { z } from '../../plugin/index.ts'

const framingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lines') }),
  z.strictObject({
    kind: z.literal('csv'),
    delimiter: z.string().length(1).optional(),
    quote: z.string().length(1).nullable().optional(),
  }),
  z.strictObject({
    kind: z.literal('json'),
    arrays: z.enum(['cut', 'whole']).optional(),
    each: z.array(z.string()).optional(),
  }),
])

/** @throws Error where a format wants streams to be cut in a way that there is not */
function checkedFraming(format: Format): Format {
  if (format.framing !== undefined && !framingSchema.safeParse(format.framing).success)
    throw new Error('framing: expected { kind: "lines" }, { kind: "csv" } or { kind: "json" }')
  return format
}

/**
 * Makes all the plugins that a worker runs.
 * @param loading called with what loads data later, once it is needed
 */
export async function makeInstances(
  plan: Plan,
  parts: ContextParts,
  loading?: <T>(load: () => T) => T,
): Promise<Instances> {
  const each = <Kind extends 'format' | 'extractor'>(kind: Kind, specs: PluginSpec[]) =>
    Promise.all(
      specs.map(async spec => {
        const { definition, options } = await prepare(kind, spec, plan.baseDir)
        return make(kind, spec.name, async () => {
          const made = await definition.create(options, contextFor(kind, spec.name, parts, definition))
          return kind === 'format' ? checkedFraming(made as Format) : made
        })
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
    plan.languages.detect ? new LanguageDetector(plan.languages.labels, loading) : null,
  ])
  return { formats, scorers, extractors, detector } as Instances
}
