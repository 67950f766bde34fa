import { createError } from '../../catalogue/errors.ts'
import {
  type ContextParts,
  checked,
  contextFor,
  formatContext,
  make,
  prepare,
  scorerContext,
} from '../../loader/instances.ts'
import { LanguageDetector } from '../../pipeline/language.ts'
import type { Instances } from '../../pipeline/pipeline.ts'
import type { Plan, PluginSpec } from '../../pipeline/plan.ts'
import { Relay } from '../../pipeline/relay.ts'
import type { Format } from '../../plugin/format.ts'
import { z } from '../../plugin/index.ts'
import type { Output } from '../../plugin/output.ts'
import type { RankingFormat } from '../../plugin/ranking.ts'

const framingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lines'), headers: z.string().min(1).optional() }),
  z.strictObject({ kind: z.literal('whole') }),
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

/** The format. @throws Error if its `framing` is none that exists */
export function checkedFraming<Made extends Format | RankingFormat>(format: Made): Made {
  if (format.framing !== undefined && !framingSchema.safeParse(format.framing).success)
    throw new Error(
      'framing: expected { kind: "lines" }, { kind: "csv" }, { kind: "json" } or { kind: "whole" }',
    )
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
): Promise<Instances & { receiver: Output | null }> {
  const [formats, scorers, extractors, detector, receiver] = await Promise.all([
    Promise.all(
      plan.sources.map(async ({ format: spec }) => {
        const { definition, options } = await prepare('format', spec, plan.baseDir)
        return make('format', spec.name, plan.baseDir, async () =>
          checkedFraming(await definition.create(options, formatContext(spec.name, parts, definition))),
        )
      }),
    ),
    Promise.all(
      plan.scorers.map(async spec => {
        const { definition, options } = await prepare('scorer', spec, plan.baseDir)
        const create = async () => {
          const context = scorerContext('scorer', spec.name, parts, definition)
          return checked(await definition.create(options, context), spec.name, parts)
        }
        return make('scorer', spec.name, plan.baseDir, create)
      }),
    ),
    Promise.all(
      plan.extractors.map(async spec => {
        const { definition, options } = await prepare('extractor', spec, plan.baseDir)
        return make('extractor', spec.name, plan.baseDir, () =>
          definition.create(options, contextFor('extractor', spec.name, parts, definition)),
        )
      }),
    ),
    plan.languages.detect ? new LanguageDetector(plan.languages.labels, loading) : null,
    plan.relay ? makeReceiver(plan.relay, plan.baseDir, parts) : null,
  ])
  const made = { formats, scorers, extractors, detector } as Omit<Instances, 'relay'>
  return { ...made, relay: receiver && new Relay(receiver, parts.signal), receiver }
}

/** @throws MoodError where the output cannot relay posts */
async function makeReceiver(spec: PluginSpec, baseDir: string, parts: ContextParts) {
  const { definition, options } = await prepare('output', spec, baseDir)
  const output: Output = await make('output', spec.name, baseDir, async () =>
    definition.create(options, contextFor('output', spec.name, parts, definition)),
  )
  if (!output.relay)
    throw createError('ERR_RELAY_OUTPUT', { problem: `outputs: ${spec.use} cannot relay posts` })
  return output as Output & Required<Pick<Output, 'relay'>>
}
