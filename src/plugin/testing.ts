/**
 * A kit for testing plugins with vitest, or any runner: each function makes an instance the way the exporter does,
 * options validated and defaults filled in.
 *
 * Import it as `mood-exporter/plugin/testing`.
 */
import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { Extractor, ExtractorDefinition } from './extractor.ts'
import type { Format, FormatDefinition } from './format.ts'
import type { Post } from './post.ts'
import type { DetailedScore, Score, ScorerContext, ScorerDefinition } from './scorer.ts'
import type { Position, SourceDefinition } from './source.ts'
import { TestSink } from './testing-sink.ts'

export { TestSink } from './testing-sink.ts'

/** A line that a plugin logged during a test. */
export interface LoggedLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
  fields: Record<string, unknown>
}

function testContext(name: string, baseDir: string) {
  const controller = new AbortController()
  const logged: LoggedLine[] = []
  const at =
    (level: LoggedLine['level']) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      logged.push({ level, message, fields })
    }
  const context: PluginContext = {
    name,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    signal: controller.signal,
    baseDir,
  }
  return { context, logged, controller }
}

/** A post with this text, written now, unless told more of it. */
export function post(text: string, more: Partial<Post> = {}): Post {
  return { text, createdAt: Date.now(), ...more }
}

const asPost = (value: string | Post): Post => (typeof value === 'string' ? post(value) : value)

/**
 * A scorer made with these options. Its `score` takes a text or a post, whichever way the plugin scores; `answer` gives
 * what more it said than a number.
 *
 * @param scorers what a scorer that is made of others may be made of, by what `use` names
 */
export async function testScorer<Options extends z.ZodObject>(
  definition: ScorerDefinition<Options>,
  options: z.input<Options> = {} as z.input<Options>,
  baseDir = process.cwd(),
  scorers: Readonly<Record<string, ScorerDefinition>> = {},
) {
  const { context, logged } = testContext(definition.name, baseDir)
  const scorerContext: ScorerContext = {
    ...context,
    async scorer({ use, ...rest }) {
      const other = scorers[use]
      if (!other) throw new Error(`the test has no scorer ${use}`)
      return other.create(other.options.parse(rest), scorerContext)
    },
  }
  const parsed = definition.options.parse(options) as z.output<Options>
  const scorer = await definition.create(parsed, scorerContext)
  const answer = async (value: string | Post): Promise<Score | DetailedScore> => {
    const one = asPost(value)
    return 'score' in scorer ? scorer.score(one) : ((await scorer.scoreBatch([one]))[0] as Score)
  }
  return {
    logged,
    scorer,
    answer,
    async score(value: string | Post): Promise<Score> {
      const answered = await answer(value)
      return typeof answered === 'object' && answered !== null ? answered.score : answered
    },
  }
}

/** An extractor made with these options. Its `extract` takes a text or a post and gives an array. */
export async function testExtractor<Options extends z.ZodObject>(
  definition: ExtractorDefinition<Options>,
  options: z.input<Options> = {} as z.input<Options>,
  baseDir = process.cwd(),
) {
  const { context, logged } = testContext(definition.name, baseDir)
  const extractor: Extractor = await definition.create(
    definition.options.parse(options) as z.output<Options>,
    context,
  )
  return {
    logged,
    extractor,
    extract: (value: string | Post): string[] => [...extractor.extract(asPost(value))],
  }
}

/** A format made with these options. Its `decode` takes a record as text or as bytes. */
export async function testFormat<Options extends z.ZodObject>(
  definition: FormatDefinition<Options>,
  options: z.input<Options> = {} as z.input<Options>,
  baseDir = process.cwd(),
) {
  const { context, logged } = testContext(definition.name, baseDir)
  const format: Format = await definition.create(
    definition.options.parse(options) as z.output<Options>,
    context,
  )
  return {
    logged,
    format,
    decode(
      record: string | Uint8Array,
      more: { receivedAt?: number; header?: string } = {},
    ): Post | Post[] | null {
      const bytes = Buffer.from(record as string)
      return format.decode(format.binary ? '' : bytes.toString('utf8'), {
        bytes,
        receivedAt: more.receivedAt ?? Date.now(),
        ...(more.header === undefined ? {} : { header: more.header }),
      })
    },
  }
}

/** How a source is started in a test. */
export interface TestSourceOptions {
  position?: Position
  maxRecordBytes?: number
  baseDir?: string
}

/**
 * A source made with these options and run at once into a {@link TestSink}. `stop` aborts it and resolves when its
 * `run` has ended; `done` resolves, or rejects, as `run` does.
 */
export async function testSource<Options extends z.ZodObject>(
  definition: SourceDefinition<Options>,
  options: z.input<Options> = {} as z.input<Options>,
  { position, maxRecordBytes = 65_536, baseDir = process.cwd() }: TestSourceOptions = {},
) {
  const { context, logged, controller } = testContext(definition.name, baseDir)
  const parsed = definition.options.parse(options) as z.output<Options>
  const source = await definition.create(parsed, { ...context, position, maxRecordBytes })
  const sink = new TestSink(maxRecordBytes)
  const done = source.run(sink, controller.signal).finally(() => source.close?.())
  done.catch(() => {})
  return {
    source,
    sink,
    logged,
    done,
    async stop(): Promise<void> {
      controller.abort()
      await done
    },
  }
}
