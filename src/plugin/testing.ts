/**
 * A kit for testing plugins with vitest, or any runner. Each function creates an instance the way the exporter does,
 * with validated options and defaults, and calls it with the exporter's own code. What the exporter would count as an
 * error of the plugin is thrown, so that a test sees it; `outcome` returns it instead.
 *
 * Import it as `mood-exporter/plugin/testing`.
 */
import type { z } from 'zod'
import type { CallError } from './call-error.ts'
import type { PluginContext } from './context.ts'
import { decodeRankings, decodeRecord, NoPost, recordText } from './decoding.ts'
import type { Envelope } from './envelope.ts'
import type { ExtractorDefinition } from './extractor.ts'
import { type Format, type FormatContext, type FormatDefinition, InvalidRecord } from './format.ts'
import { MemoryStore } from './memory-store.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { OutputDefinition, OutputStream, OutputStreams } from './output.ts'
import type { Post } from './post.ts'
import type { Ranking, RankingFormatDefinition } from './ranking.ts'
import { RecordedMetrics } from './recorded-metrics.ts'
import type { Framing } from './records/framing.ts'
import type { ScoreOutcome } from './score-result.ts'
import type { DetailedScore, Score, Scorer, ScorerContext, ScorerDefinition } from './scorer.ts'
import { ScorerCaller } from './scorer-caller.ts'
import { traitsOf } from './scorer-traits.ts'
import type { Position, SourceDefinition } from './source.ts'
import { TestEmitter } from './testing-emitter.ts'

export { TestEmitter } from './testing-emitter.ts'

import type { PluginStore } from './store.ts'
import { type ExtractedTerms, extractTerms } from './terms.ts'
import { type WriteOutcome, writeOnce } from './testing-output.ts'
import type { TopicRule } from './topics.ts'

export { MemoryStore } from './memory-store.ts'
export { RecordedMetrics } from './recorded-metrics.ts'
export {
  alertEvent,
  postEvent,
  rankingEvent,
  reportEvent,
  reportTopic,
  type WriteOutcome,
  windowEvent,
} from './testing-output.ts'

/** `limits.terms_per_post` by default. */
const TERMS_PER_POST = 50

/** A line that a plugin logged during a test. */
export interface LoggedLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
  fields: Record<string, unknown>
}

/** The context of a plugin in a test. */
export interface TestContextOptions {
  /** The folder at which relative paths in options start; by default the working directory. */
  baseDir?: string
  topics?: readonly TopicRule[]
  /** What the plugin stored earlier, as after a restart: the `store` of a previous instance. */
  store?: PluginStore
}

/** What is common to all plugins in a test. */
export interface TestedPlugin<Metrics extends MetricDefinitions> {
  /** The logged lines. */
  readonly logged: LoggedLine[]
  /** The recorded metrics: `metrics.value('requests', { code: '200' })`. */
  readonly metrics: RecordedMetrics<Metrics>
  /** The stored values. */
  readonly store: PluginStore
}

function testContext<Metrics extends MetricDefinitions>(
  { name, metrics: declared }: { name: string; metrics?: Metrics },
  options: string | TestContextOptions,
) {
  const {
    baseDir = process.cwd(),
    topics = [],
    store = new MemoryStore(),
  } = typeof options === 'string' ? { baseDir: options } : options
  const controller = new AbortController()
  const metrics = new RecordedMetrics<Metrics>(declared ?? ({} as Metrics))
  const logged: LoggedLine[] = []
  const at =
    (level: LoggedLine['level']) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      logged.push({ level, message, fields })
    }
  const context: PluginContext<Metrics> = {
    name,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    signal: controller.signal,
    baseDir,
    metrics: metrics.metrics,
    store,
    topics,
  }
  return { context, controller, tested: { logged, metrics, store } satisfies TestedPlugin<Metrics> }
}

/** Ends an instance as the exporter does: aborts its signal, then closes it. */
const stopping =
  (controller: AbortController, instance: { close?(): void | Promise<void> }) => async (): Promise<void> => {
    controller.abort()
    await instance.close?.()
  }

function throwIfFailed(error: CallError | undefined): void {
  if (error) throw new Error(error.message, { cause: error.cause })
}

/** A post with this text, written now; `more` sets the rest of it. */
export function post(text: string, more: Partial<Post> = {}): Post {
  return { text, createdAt: Date.now(), ...more }
}

const asPost = (value: string | Post): Post => (typeof value === 'string' ? post(value) : value)

/**
 * Creates a scorer with these options and calls it as the exporter does, for both kinds of scorers, but without a
 * time limit.
 *
 * - `score` takes a text or a post and resolves to its score; `answer` to the details beside the number. Both reject
 *   if the exporter would count an error.
 * - `outcome` resolves to the exporter's result, errors included; `outcomes` takes several posts, which are split
 *   into batches.
 * - `stop` aborts the signal of the context and closes the scorer.
 *
 * @param where the folder at which relative paths start, or more of the context
 * @param scorers the scorers that can be used within this one, by the name in `use`
 */
export async function testScorer<Options extends z.ZodObject, Metrics extends MetricDefinitions = NoMetrics>(
  definition: ScorerDefinition<Options, Metrics>,
  options: z.input<Options> = {} as z.input<Options>,
  where: string | TestContextOptions = {},
  scorers: Readonly<Record<string, ScorerDefinition>> = {},
) {
  const { context, controller, tested } = testContext(definition, where)
  const make = async (use: string, rest: unknown): Promise<Scorer> => {
    const other = scorers[use]
    if (!other) throw new Error(`the test has no scorer ${use}`)
    const own = testContext(other, { baseDir: context.baseDir, topics: context.topics }).context
    const made = await other.create(other.options.parse(rest), { ...own, log: context.log, scorer: nested })
    return noted(made)
  }
  const noted = (made: Scorer): Scorer => {
    for (const message of traitsOf(made).clamped) context.log.warn(message)
    return made
  }
  const nested: ScorerContext['scorer'] = ({ use, ...rest }) => make(use, rest)
  const parsed = definition.options.parse(options) as z.output<Options>
  const scorer = noted(await definition.create(parsed, { ...context, scorer: nested }))
  const caller = new ScorerCaller(scorer)
  const outcomes = (values: readonly (string | Post)[]): Promise<ScoreOutcome[]> =>
    caller.score(values.map(asPost))
  const outcome = async (value: string | Post): Promise<ScoreOutcome> =>
    (await outcomes([value]))[0] as ScoreOutcome
  return {
    ...tested,
    scorer,
    outcome,
    outcomes,
    async score(value: string | Post): Promise<Score> {
      const { score, error } = await outcome(value)
      throwIfFailed(error)
      return score
    },
    async answer(value: string | Post): Promise<Score | DetailedScore> {
      const { score, details, error } = await outcome(value)
      throwIfFailed(error)
      return details ? { score, ...details } : score
    },
    stop: stopping(controller, scorer),
  }
}

/**
 * Creates an extractor with these options and calls it as the exporter does.
 *
 * - `extract` takes a text or a post and returns the terms that count: each once, cut, at most 50. Throws if the
 *   exporter would count an error.
 * - `outcome` returns the exporter's result, errors included.
 * - `extractor` is the instance itself; `stop` aborts the signal of the context and closes it.
 *
 * @param where the folder at which relative paths start, or more of the context
 */
export async function testExtractor<
  Options extends z.ZodObject,
  Metrics extends MetricDefinitions = NoMetrics,
>(
  definition: ExtractorDefinition<Options, Metrics>,
  options: z.input<Options> = {} as z.input<Options>,
  where: string | TestContextOptions = {},
) {
  const { context, controller, tested } = testContext(definition, where)
  const extractor = await definition.create(definition.options.parse(options) as z.output<Options>, context)
  /** @param limit `limits.terms_per_post` */
  const outcome = (value: string | Post, limit = TERMS_PER_POST): ExtractedTerms =>
    extractTerms(extractor, asPost(value), limit)
  return {
    ...tested,
    extractor,
    outcome,
    extract(value: string | Post, limit = TERMS_PER_POST): string[] {
      const { terms, error } = outcome(value, limit)
      throwIfFailed(error)
      return terms
    },
    stop: stopping(controller, extractor),
  }
}

/** What the exporter passes to a format beside a record, if a test sets it. */
export interface TestRecord {
  receivedAt?: number
  header?: string
  path?: string
  /** Its time is that of `receivedAt` by default. */
  envelope?: Envelope
}

/** The result of a record: its posts, or why it is dropped. */
export interface DecodedRecord {
  readonly posts: readonly Post[]
  readonly dropped?: { readonly reason: NoPost['reason']; readonly message: string }
}

/**
 * Creates a format with these options and calls it as the exporter does.
 *
 * - `decode` takes a record as text or bytes, and returns the format's result: a post, several, or null. Throws
 *   InvalidRecord for a record that would be dropped as `invalid` or `encoding`, and another error if the exporter
 *   would count one.
 * - `outcome` returns the exporter's result: posts, or the reason for which the record is dropped.
 *
 * @param where the folder at which relative paths start, or more of the context
 * @param formats the formats that can be used within this one, by the name in `use`
 */
export async function testFormat<Options extends z.ZodObject, Metrics extends MetricDefinitions = NoMetrics>(
  definition: FormatDefinition<Options, Metrics>,
  options: z.input<Options> = {} as z.input<Options>,
  where: string | TestContextOptions = {},
  formats: Readonly<Record<string, FormatDefinition>> = {},
) {
  const { context, tested } = testContext(definition, where)
  const nested: FormatContext['format'] = async spec => {
    const { use, ...rest } = typeof spec === 'string' ? { use: spec } : spec
    const other = formats[use]
    if (!other) throw new Error(`the test has no format ${use}`)
    const own = testContext(other, { baseDir: context.baseDir, topics: context.topics }).context
    return other.create(other.options.parse(rest), { ...own, log: context.log, format: nested })
  }
  const parsed = definition.options.parse(options) as z.output<Options>
  const format = await definition.create(parsed, { ...context, format: nested })

  const read = (
    record: string | Uint8Array,
    { envelope, receivedAt = envelope?.time ?? Date.now(), header, path }: TestRecord,
  ) => {
    const bytes = Buffer.from(record as string)
    let isList = false
    const watched: Format = {
      decode(text, beside) {
        const decoded = format.decode(text, beside)
        isList = Array.isArray(decoded)
        return decoded
      },
    }
    const text = format.binary ? '' : recordText(bytes, 0, bytes.length)
    const beside = { bytes, receivedAt, path, envelope, ...(header === undefined ? {} : { header }) }
    return { decoded: text instanceof NoPost ? text : decodeRecord(watched, text, beside), isList }
  }

  return {
    ...tested,
    format,
    decode(record: string | Uint8Array, more: TestRecord = {}): Post | Post[] | null {
      const { decoded, isList } = read(record, more)
      if (!(decoded instanceof NoPost)) return isList ? [...decoded] : (decoded[0] as Post)
      const { reason, message, error } = decoded
      if (reason === 'not_a_post') return null
      if (reason !== 'plugin') throw new InvalidRecord(message)
      if (error?.reason === 'threw') throw error.cause
      throw new TypeError(message)
    },
    outcome(record: string | Uint8Array, more: TestRecord = {}): DecodedRecord {
      const { decoded } = read(record, more)
      if (!(decoded instanceof NoPost)) return { posts: decoded }
      return { posts: [], dropped: { reason: decoded.reason, message: decoded.message } }
    },
  }
}

/** The result of a record: its rankings, or why it is dropped. */
export interface DecodedRankings {
  readonly rankings: readonly Ranking[]
  readonly dropped?: { readonly reason: NoPost['reason']; readonly message: string }
}

/**
 * Creates a format of rankings with these options and calls it as the exporter does. `outcome` takes a record as text
 * or bytes, and returns the exporter's result: rankings, or the reason for which the record is dropped; `plugin` is
 * an error of the format.
 *
 * @param where the folder at which relative paths start, or more of the context
 */
export async function testRankingFormat<
  Options extends z.ZodObject,
  Metrics extends MetricDefinitions = NoMetrics,
>(
  definition: RankingFormatDefinition<Options, Metrics>,
  options: z.input<Options> = {} as z.input<Options>,
  where: string | TestContextOptions = {},
) {
  const { context, tested } = testContext(definition, where)
  const parsed = definition.options.parse(options) as z.output<Options>
  const format = await definition.create(parsed, {
    ...context,
    format: () => Promise.reject(new Error('the test has no other formats')),
  })
  return {
    ...tested,
    format,
    outcome(
      record: string | Uint8Array,
      { receivedAt = Date.now(), header, path }: TestRecord = {},
    ): DecodedRankings {
      const bytes = Buffer.from(record as string)
      const text = format.binary ? '' : recordText(bytes, 0, bytes.length)
      const beside = { bytes, receivedAt, path, ...(header === undefined ? {} : { header }) }
      const decoded = text instanceof NoPost ? text : decodeRankings(format, text, beside)
      if (!(decoded instanceof NoPost)) return { rankings: decoded }
      return { rankings: [], dropped: { reason: decoded.reason, message: decoded.message } }
    },
  }
}

/** The start of a source in a test. */
export interface TestSourceOptions extends TestContextOptions {
  /** For a source without partitions. */
  position?: Position
  positions?: ReadonlyMap<string, Position>
  maxRecordBytes?: number
  /** How the source's format splits streams into records; by lines if absent. */
  framing?: Framing
  /** Whether that format needs a header. */
  header?: boolean
  /** Whether that format has rankings. */
  rankings?: boolean
}

/**
 * Creates a source with these options and runs it with a {@link TestEmitter}. `stop` aborts it and resolves when its
 * `run` has ended; `done` settles as `run` does.
 */
export async function testSource<Options extends z.ZodObject, Metrics extends MetricDefinitions = NoMetrics>(
  definition: SourceDefinition<Options, Metrics>,
  options: z.input<Options> = {} as z.input<Options>,
  {
    position,
    positions,
    maxRecordBytes = 65_536,
    framing,
    header,
    rankings,
    ...where
  }: TestSourceOptions = {},
) {
  const { context, tested, controller } = testContext<Metrics>(definition, where)
  const parsed = definition.options.parse(options) as z.output<Options>
  const source = await definition.create(parsed, {
    ...context,
    positions: positions ?? new Map(position === undefined ? [] : [['', position]]),
    position,
    maxRecordBytes,
  })
  const emitter = new TestEmitter(maxRecordBytes)
  if (framing) emitter.framing = framing
  if (header) emitter.header = header
  if (rankings) emitter.rankings = rankings
  const done = source.run(emitter, controller.signal).finally(() => source.close?.())
  done.catch(() => {})
  return {
    ...tested,
    source,
    emitter,
    done,
    async stop(): Promise<void> {
      controller.abort()
      await done
    },
  }
}

/**
 * Creates an output with these options. Its `write` writes once and returns the exporter's interpretation: which
 * events count as delivered, which are given up and which are sent again. It never rejects.
 */
export async function testOutput<
  Options extends z.ZodObject,
  Stream extends OutputStream,
  Metrics extends MetricDefinitions = NoMetrics,
>(
  definition: OutputDefinition<Options, Stream, Metrics>,
  options: z.input<Options> = {} as z.input<Options>,
  where: TestContextOptions = {},
) {
  const { context, tested, controller } = testContext(definition, where)
  const parsed = definition.options.parse(options) as z.output<Options>
  const output = await definition.create(parsed, context)
  return {
    ...tested,
    output,
    /** @param signal aborted by the exporter when a write takes too long */
    write: (
      events: readonly OutputStreams[Stream][],
      signal: AbortSignal = new AbortController().signal,
    ): Promise<WriteOutcome> => writeOnce(output, events, signal),
    async close(): Promise<void> {
      controller.abort()
      await output.close?.()
    },
  }
}
