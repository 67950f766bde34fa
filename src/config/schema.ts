import { availableParallelism } from 'node:os'
import { address, duration, size, z } from '../plugin/index.ts'
import { alertSchema, topicAlertSchema } from './alert-schema.ts'
import { alertmanagerSchema } from './alertmanager-schema.ts'
import { LANGUAGE, LANGUAGE_EXPECTED } from './language.ts'
import { outputShape } from './output-schema.ts'
import { rankingsSchema } from './rankings-schema.ts'
import { reportSchema } from './report-schema.ts'
import { termWindowsSchema, windowsSchema } from './window-schema.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/

/** A limit of 0 would let nothing pass. */
const aboveZero = { error: 'expected more than 0' }

/** The names of sources, topics, scorers, extractors and outputs: they become label values. */
export const nameSchema = z
  .string()
  .regex(NAME, { error: 'expected up to 63 letters, digits, "_", "." or "-", the first a letter or digit' })

const topicName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}\p{M} _.-]*$/u, {
    error: 'expected up to 63 letters, digits, spaces, "_", "." or "-", the first a letter or digit',
  })

const INVISIBLE_KEYWORD = 'expected a keyword with visible characters'

const keywords = z
  .array(
    z
      .string()
      .trim()
      .min(1, { error: INVISIBLE_KEYWORD, abort: true })
      .max(200)
      .refine(keyword => /[^\s\p{Default_Ignorable_Code_Point}]/u.test(keyword), {
        error: INVISIBLE_KEYWORD,
      }),
  )
  .min(1)

const topicSchema = z.union([
  keywords.describe('Keywords and phrases, of which one is enough.'),
  z
    .strictObject({
      any: z
        .union([z.literal('all'), keywords])
        .optional()
        .describe('One of these must be in the post; or `all`, for every post.'),
      all: keywords.optional().describe('All of these must be in the post.'),
      not: keywords.optional().describe('None of these may be in the post.'),
      from: z
        .string()
        .optional()
        .describe('A source with rankings: the terms of its current list are the keywords.'),
      top: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe('How many terms, from the first; by default 10. Only with `from`.'),
      alert: topicAlertSchema
        .optional()
        .describe('Alerts on this topic, if they differ from the section `alert`, or `off`.'),
    })
    .refine(({ any, all, not, from }) => any ?? all ?? not ?? from, {
      error: 'expected keywords in `any`, `all` or `not`, or a ranking in `from`',
    })
    .refine(({ any, all, not, from }) => from === undefined || (any ?? all ?? not) === undefined, {
      path: ['from'],
      error: 'expected either keywords or `from`',
    })
    .refine(({ from, top }) => top === undefined || from !== undefined, {
      path: ['top'],
      error: 'expected `from` beside it',
    }),
])

/** @param example the name of a built-in plugin of the kind, for the message if `use` is missing */
const useOf = (example: string) =>
  z
    .string({
      error: ({ input }) => (input === undefined ? `name a plugin, such as "${example}"` : undefined),
    })
    .min(1)
    .describe('A built-in plugin, a path relative to this file, or an npm package.')

/** An entry of a list of plugins. Names alone are expanded before validation. */
const entry = { error: 'expected the name of a plugin or a mapping with `use`' }

/** The options of a plugin are beside `use`; the plugin's own schema validates them. */
const pluginSchema = z.looseObject({ use: useOf('csv') })

const formatSchema = z.union([z.string().min(1), pluginSchema])

const sourceSchema = z.looseObject(
  {
    use: useOf('demo'),
    name: nameSchema.optional().describe("The value of the label `source`; by default the plugin's name."),
    format: formatSchema.optional().describe("The format of records; by default the source's."),
    dedupe: z
      .union([
        z.boolean(),
        z.strictObject({
          posts: z.int().min(1000).max(50_000_000).describe('How many of the latest posts are compared.'),
        }),
      ])
      .optional()
      .describe(
        'Whether to drop posts with an id that was seen before, and among how many posts; on for live sources.',
      ),
  },
  entry,
)

const scorerSchema = z.looseObject(
  {
    use: useOf('vader'),
    name: nameSchema.optional().describe("The value of the label `scorer`; by default the plugin's name."),
  },
  entry,
)

const extractorSchema = z.looseObject(
  {
    use: useOf('hashtags'),
    name: nameSchema.optional().describe("The value of the label `extractor`; by default the plugin's name."),
    top: z.int().min(1).max(1000).default(10).describe('How many terms to show for each topic and window.'),
    windows: termWindowsSchema
      .prefault([{ size: '1m' }, { size: '5m' }, { size: '1h' }])
      .describe('Event-time windows of terms.'),
  },
  entry,
)

const outputSchema = z.looseObject(
  {
    use: useOf('stdout'),
    name: nameSchema.optional().describe("The value of the label `output`; by default the plugin's name."),
    ...outputShape,
  },
  entry,
)

/** The schema of `mood.yml`. */
export const configSchema = z.strictObject({
  server: z
    .strictObject({
      listen: address()
        .prefault('127.0.0.1:19747')
        .describe('Where /metrics and the status page are served.'),
      hosts: z
        .array(
          z
            .string()
            .regex(/^[\w.-]+$|^\[[0-9a-fA-F:.]+\]$/, { error: 'expected a name without a port' })
            .toLowerCase(),
        )
        .max(100)
        .default([])
        .describe(
          'Names and addresses that clients may use in `Host`. If empty, any, except for `/-/reload`, which needs an address, a name without a dot, or one of these.',
        ),
      shutdown_timeout: duration()
        .prefault('10s')
        .describe('How long a clean stop may take, in which queues drain and a last scrape is awaited.'),
    })
    .prefault({})
    .describe('The HTTP server of the exporter.'),
  sources: z.array(sourceSchema).min(1).describe('Sources of posts.'),
  topics: z
    .record(topicName, topicSchema)
    .default({})
    .describe(
      'Topics to watch, by name. A list of keywords is short for `any`. Without topics every post counts under the topic `all`.',
    ),
  alert: alertSchema.prefault({}).describe('Parameters of the alerts on all topics; or `off`.'),
  scorers: z
    .array(scorerSchema)
    .min(1)
    .prefault([{ use: 'auto' }])
    .describe('Scorers of posts.'),
  extractors: z
    .array(extractorSchema)
    .prefault([{ use: 'hashtags' }, { use: 'mentions' }, { use: 'emoji' }])
    .describe('Extractors of terms.'),
  windows: windowsSchema
    .prefault([
      { size: '1s', lateness: '2s' },
      { size: '1m', slide: '10s' },
    ])
    .describe('Event-time windows of `mood_window_posts` and `mood_window_score`.'),
  rankings: rankingsSchema
    .prefault({})
    .describe('How rankings are counted, for all sources whose format has them.'),
  outputs: z
    .array(outputSchema)
    .max(100)
    .default([])
    .describe('Where closed windows, reports, alerts and samples of posts go.'),
  reports: z
    .array(reportSchema)
    .max(20)
    .default([])
    .describe('Scheduled digests of the posts and of changes.'),
  alertmanager: alertmanagerSchema
    .optional()
    .describe(
      'Receives alerts from Alertmanager at `/api/v1/alertmanager`, passes them to outputs, and names them in reports.',
    ),
  languages: z
    .strictObject({
      labels: z
        .array(z.string().regex(LANGUAGE, { error: LANGUAGE_EXPECTED }))
        .max(50)
        .default(['en', 'ko'])
        .describe('Values of the label `lang`; any other language counts as `other`.'),
      detect: z.boolean().default(true).describe('Detect the language of posts that name none.'),
    })
    .prefault({})
    .describe('Languages of posts.'),
  sentiment: z
    .strictObject({
      positive: z.number().min(-1).max(1).default(0.05).describe('Scores of at least this are positive.'),
      negative: z.number().min(-1).max(1).default(-0.05).describe('Scores of at most this are negative.'),
    })
    .refine(({ positive, negative }) => negative < positive, {
      error: '`negative` must lie below `positive`',
    })
    .prefault({})
    .describe('Thresholds between the sentiments.'),
  limits: z
    .strictObject({
      record_bytes: size()
        .refine(bytes => bytes > 0, aboveZero)
        .prefault('64KiB')
        .describe('The largest record; a larger one is dropped as `oversized`.'),
      queue_bytes: size()
        .refine(bytes => bytes > 0, aboveZero)
        .prefault('16MiB')
        .describe(
          'The most bytes of records of one source in flight, beyond which it waits or drops; and of queued events of one output.',
        ),
      plugin_timeout: duration()
        .refine(ms => ms > 0, aboveZero)
        .prefault('1s')
        .describe('How long one call of a plugin may take.'),
      create_timeout: duration()
        .refine(ms => ms > 0, aboveZero)
        .prefault('1m')
        .describe('How long loading and creating a plugin may take.'),
      worker_memory: size()
        .refine(bytes => bytes > 0, aboveZero)
        .prefault('256MiB')
        .describe('The maximum memory of one thread, including buffers.'),
      terms: z
        .int()
        .min(10)
        .max(1_000_000)
        .default(1000)
        .describe('Terms kept for each extractor, topic and slice of a window.'),
      terms_per_post: z.int().min(1).max(10_000).default(50).describe('Terms counted of one post.'),
      slices: z.int().min(10).max(1_000_000).default(4096).describe('Slices kept open for each window.'),
      future: duration()
        .prefault('1m')
        .describe('How far ahead of the clock a post may be dated; beyond that it counts at its arrival.'),
      idle: duration().prefault('10s').describe('How long a silent source holds back event time.'),
      log_lines: z
        .int()
        .min(1)
        .max(10_000)
        .default(10)
        .describe('The maximum of log lines per second for each cause, such as invalid records.'),
    })
    .prefault({})
    .describe('Bounds of memory, time and log lines.'),
  state: z
    .strictObject({
      dir: z.string().min(1).describe('The folder of the state, which is created if it does not exist.'),
      interval: duration()
        .refine(ms => ms >= 50 && ms <= 60_000, { error: 'expected from 50ms to 1m' })
        .prefault('1s')
        .describe('How often counts and positions are committed.'),
    })
    .optional()
    .describe(
      'Keeps counts, windows, terms and positions over a restart. Without it every start counts from zero.',
    ),
  workers: z
    .int()
    .min(0)
    .max(256)
    .prefault(Math.min(availableParallelism(), 256))
    .describe(
      'The most threads that score posts: there is one to begin with, and more while posts wait. 0 runs plugins in the main thread, for debugging.',
    )
    .meta({ shownDefault: 'as many as there are cores' }),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .describe('The lowest level that is logged.'),
      format: z.enum(['auto', 'json', 'pretty']).default('auto').describe('`auto` is pretty on a terminal.'),
    })
    .prefault({})
    .describe('The log, on standard error.'),
})

/** A configuration with defaults: durations in milliseconds, sizes in bytes. */
export type Config = z.output<typeof configSchema>
