/** How a call of a plugin fails: values of the label `reason` of `mood_plugin_errors_total`. */
export const FAILURE_REASONS = {
  threw: 'the call threw, or the promise that it returned was rejected',
  invalid_result:
    'the call returned a value that its kind of plugin must not return: a score of 7, a term that is not a string',
  timeout: 'the call did not return within limits.plugin_timeout',
  crash: 'the call ended its thread',
  memory: 'the thread of the call used more than limits.worker_memory',
} as const

type FailureReason = keyof typeof FAILURE_REASONS

/** Failures that end a thread. It is then replaced. */
export const THREAD_FAILURES = ['timeout', 'crash', 'memory'] as const satisfies readonly FailureReason[]

/** The declaration of a kind of plugin. */
export interface PluginKindDeclaration {
  /** The section of mood.yml that lists plugins of this kind. */
  readonly section: string
  /** The key that names the plugin within an entry of another kind, such as `format` in a source. */
  readonly key?: string
  /** The folder of the built-in plugins, one folder each, relative to the root. */
  readonly folder: string
  readonly builtIn: readonly string[]
  /** The keys of an entry that the exporter reads. All others are options of the plugin. */
  readonly exporterKeys: readonly string[]
  /** The reasons for which its calls may fail. */
  readonly failures: readonly FailureReason[]
}

const ANY_FAILURE = Object.keys(FAILURE_REASONS) as FailureReason[]

/**
 * The kinds of plugins. To add one, give it an entry here and its interface in `src/plugin/definitions.ts`; the section
 * is declared by the schema of mood.yml.
 */
export const PLUGIN_KINDS = {
  source: {
    section: 'sources',
    folder: 'plugins/sources',
    builtIn: ['bluesky', 'demo', 'file', 'http', 'kafka', 'poll', 'stdin', 'tcp', 'twitch', 'twitter'],
    exporterKeys: ['use', 'name', 'format', 'dedupe'],
    // It returns nothing that could be invalid.
    failures: ['threw', ...THREAD_FAILURES],
  },
  format: {
    section: 'sources',
    key: 'format',
    folder: 'plugins/formats',
    builtIn: [
      ...['bluesky-trends', 'chatty', 'csv', 'filebeat', 'google-trends', 'json', 'kafka-connect-twitter'],
      ...['logstash-twitter', 'mastodon-trends', 'nate', 'post', 'ranking', 'rss', 'signal-bz', 'text'],
      ...['twitter-archive', 'twitter-v1', 'twitter-v2', 'wikipedia-top', 'x-trends'],
    ],
    exporterKeys: ['use'],
    failures: ANY_FAILURE,
  },
  scorer: {
    section: 'scorers',
    folder: 'plugins/scorers',
    builtIn: ['afinn', 'auto', 'emoji', 'emotes', 'emotions', 'ensemble', 'http', 'onnx', 'tuned', 'vader'],
    exporterKeys: ['use', 'name'],
    failures: ANY_FAILURE,
  },
  extractor: {
    section: 'extractors',
    folder: 'plugins/extractors',
    builtIn: ['emoji', 'emotes', 'hashtags', 'mentions', 'trends', 'words'],
    exporterKeys: ['use', 'name', 'top', 'windows'],
    failures: ANY_FAILURE,
  },
  output: {
    section: 'outputs',
    folder: 'plugins/outputs',
    builtIn: [
      'discord',
      'email',
      'file',
      'kafka',
      'kakaotalk',
      'loki',
      'slack',
      'stdout',
      'telegram',
      'webhook',
    ],
    exporterKeys: ['use', 'name', 'windows', 'events', 'posts', 'queue', 'batch', 'timeout', 'retry'],
    failures: ['threw', ...THREAD_FAILURES],
  },
} as const satisfies Record<string, PluginKindDeclaration>

export type PluginKind = keyof typeof PLUGIN_KINDS

/** All kinds, in the order of the table. */
export const KINDS = Object.keys(PLUGIN_KINDS) as PluginKind[]

type Declared = typeof PLUGIN_KINDS

/** Kinds that a section of mood.yml lists. */
export type ListedKind = {
  [Kind in PluginKind]: Declared[Kind] extends { key: string } ? never : Kind
}[PluginKind]

/** The sections of mood.yml that list plugins. */
export type PluginSection = Declared[ListedKind]['section']

export const LISTED_KINDS = KINDS.filter((kind): kind is ListedKind => !('key' in PLUGIN_KINDS[kind]))

export const isPluginKind = (text: string | undefined): text is PluginKind =>
  text !== undefined && Object.hasOwn(PLUGIN_KINDS, text)

export const isBuiltIn = (kind: PluginKind, name: string): boolean =>
  (PLUGIN_KINDS[kind].builtIn as readonly string[]).includes(name)
