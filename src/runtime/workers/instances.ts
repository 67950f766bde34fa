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
import { Relay } from '../../pipeline/relay.ts'
import type { PluginSpec, WorkerConfig } from '../../pipeline/worker-config.ts'
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

/** The format. @throws Error if its `framing` is unknown */
export function checkedFraming<Made extends Format | RankingFormat>(format: Made): Made {
  if (format.framing !== undefined && !framingSchema.safeParse(format.framing).success)
    throw new Error(
      'framing: expected { kind: "lines" }, { kind: "csv" }, { kind: "json" } or { kind: "whole" }',
    )
  return format
}

/**
 * Creates all plugins of a worker.
 * @param loading called with functions that load data later, when it is needed
 */
export async function makeInstances(
  workerConfig: WorkerConfig,
  parts: ContextParts,
  loading?: <T>(load: () => T) => T,
): Promise<Instances & { receiver: Output | null }> {
  const [formats, scorers, extractors, detector, receiver] = await Promise.all([
    Promise.all(
      workerConfig.sources.map(async ({ format: spec }) => {
        const { definition, options } = await prepare('format', spec, workerConfig.baseDir)
        return make('format', spec.name, workerConfig.baseDir, async () =>
          checkedFraming(await definition.create(options, formatContext(spec.name, parts, definition))),
        )
      }),
    ),
    Promise.all(
      workerConfig.scorers.map(async spec => {
        const { definition, options } = await prepare('scorer', spec, workerConfig.baseDir)
        const create = async () => {
          const context = scorerContext('scorer', spec.name, parts, definition)
          return checked(await definition.create(options, context), spec.name, parts)
        }
        return make('scorer', spec.name, workerConfig.baseDir, create)
      }),
    ),
    Promise.all(
      workerConfig.extractors.map(async spec => {
        const { definition, options } = await prepare('extractor', spec, workerConfig.baseDir)
        return make('extractor', spec.name, workerConfig.baseDir, () =>
          definition.create(options, contextFor('extractor', spec.name, parts, definition)),
        )
      }),
    ),
    workerConfig.languages.detect ? new LanguageDetector(workerConfig.languages.labels, loading) : null,
    workerConfig.relay ? makeReceiver(workerConfig.relay, workerConfig.baseDir, parts) : null,
  ])
  const made = { formats, scorers, extractors, detector } as Omit<Instances, 'relay'>
  return { ...made, relay: receiver && new Relay(receiver, parts.signal), receiver }
}

/** @throws MoodError if the output cannot relay posts */
async function makeReceiver(spec: PluginSpec, baseDir: string, parts: ContextParts) {
  const { definition, options } = await prepare('output', spec, baseDir)
  const output: Output = await make('output', spec.name, baseDir, async () =>
    definition.create(options, contextFor('output', spec.name, parts, definition)),
  )
  if (!output.relay)
    throw createError('ERR_RELAY_OUTPUT', { problem: `outputs: ${spec.use} cannot relay posts` })
  return output as Output & Required<Pick<Output, 'relay'>>
}
