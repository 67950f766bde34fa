/** The declaration of an error: its message, its meaning and what to do. */
export interface ErrorDeclaration {
  /** What happened and where, with `{name}` in the place of a value. */
  readonly message: string
  /** What the code means. */
  readonly means: string
  /** What to do. Markdown, for docs/errors.md. */
  readonly action: string
  /** The exit code of a command; 1 where absent. */
  readonly exit?: 2
}

/** Every error that the exporter itself raises, one code a condition. docs/errors.md is generated from it. */
export const ERRORS = {
  ERR_CONFIG_UNREADABLE: {
    message: 'cannot be read: {reason}',
    means: 'The configuration file cannot be read.',
    action:
      'Check its path, that the user of the exporter may read it, and that it is text in UTF-8 below 4 MiB.',
  },
  ERR_CONFIG_SYNTAX: {
    message: '{problem}',
    means: 'The configuration file is not valid YAML 1.2, or nests too deeply.',
    action: 'Look at the line that the message names: indentation, a quote or a bracket is wrong there.',
  },
  ERR_CONFIG_INVALID: {
    message: '{problem}',
    means: 'A value of the configuration, or an option of a plugin, is not what its schema expects.',
    action:
      'Change the value that the message names; it says what was expected. `mood-exporter check` shows every problem at once, [configuration.md](configuration.md) has every key, and `mood-exporter plugins NAME` the options of a plugin.',
  },
  ERR_PLUGIN_NOT_FOUND: {
    message: 'no {kind} {use} is built in{more}',
    means: '`use` names neither a built-in plugin nor an installed package.',
    action:
      'Check the spelling: `mood-exporter plugins` lists the built-in plugins. Install a package beside the configuration. A file is named by a path that starts with `./`.',
  },
  ERR_PLUGIN_FILE_NOT_FOUND: {
    message: 'no file {path} (from {use}, relative to the configuration){more}',
    means: '`use` is a path, and there is no file.',
    action: 'Check the path. It starts from the folder of the configuration file.',
  },
  ERR_PLUGIN_UNLOADABLE: {
    message: '{use} could not be loaded: {reason}',
    means: "The plugin's module threw while it was imported, did not finish, or ended its thread.",
    action: 'Correct the module, or install what it imports. `node FILE` runs it on its own.',
  },
  ERR_PLUGIN_INVALID: {
    message: '{use}: {problem}',
    means:
      'The module was loaded, but it does not export a plugin of the kind that was expected, or the plugin declares something that cannot be, such as a metric.',
    action:
      'Make its default export with `defineSource`, `defineFormat`, `defineScorer`, `defineExtractor` or `defineOutput`; see [writing-a-plugin.md](writing-a-plugin.md).',
  },
  ERR_PLUGIN_FAILED: {
    message: '{kind} {name} could not be created: {reason}',
    means: "The plugin's `create`, or the schema of its options, threw an error without a code of its own.",
    action: "Read the message, which is the plugin's, and the plugin's README.",
  },
  ERR_WORKER_ENDED: {
    message: 'a worker ended while it started: {reason}',
    means: 'The thread of a worker ended before its plugins were created.',
    action: 'Read the reason. A scorer with a large model may need a higher `limits.worker_memory`.',
  },
  ERR_WORKER_TIMEOUT: {
    message: 'the plugins of a worker were not created within limits.create_timeout, {seconds} s',
    means: "A plugin's `create` did not finish in time.",
    action: 'Raise `limits.create_timeout`, or correct the plugin.',
  },
  ERR_LISTEN: {
    message: 'cannot listen on {address}: {reason}',
    means: 'The server cannot listen on its address.',
    action: 'Choose a free port, or an address of this machine, with `server.listen`.',
  },
  ERR_WEB_CONFIG_UNREADABLE: {
    message: 'cannot be read: {reason}',
    means: 'The file of `--web.config.file` cannot be read.',
    action: 'Check its path, and that the user of the exporter may read it.',
  },
  ERR_WEB_CONFIG_INVALID: {
    message: '{problem}',
    means: 'The file of `--web.config.file`, or a certificate that it names, is not valid.',
    action:
      "Change the value that the message names. The format is that of [Prometheus' exporters](https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md).",
  },
  ERR_WEB_CONFIG_RESTART: {
    message: '{key}: restart to {change}',
    means: 'The file of `--web.config.file` has changed in a way that a running server cannot follow.',
    action: 'Restart the exporter. Until then it keeps its settings.',
  },
  ERR_STATE_LOCKED: {
    message: '{dir} is in use by another process: give each exporter its own state.dir',
    means: 'Two exporters have the same `state.dir`.',
    action: 'Stop the other one, or give each a directory of its own.',
  },
  ERR_STATE_UNWRITABLE: {
    message: '{path}: {reason}: state.dir must be a directory that can be written',
    means: 'The state cannot be stored: the disk is full, or the directory is read-only or of another user.',
    action: 'Free space, or let the user of the exporter write to `state.dir`.',
  },
  ERR_STATE_DAMAGED: {
    message:
      '{file} is damaged: {reason}: `mood-exporter state check {dir}` says more; restore a backup, or move {dir} away to begin from zero',
    means: 'The stored state differs from what was written.',
    action:
      'Restore the directory from a backup, or move it away: the exporter then counts from zero, and reads from where each source begins.',
  },
  ERR_STATE_VERSION: {
    message: '{file}: {reason}: run that version, or move {dir} away to begin from zero',
    means: 'The stored state was written by another release.',
    action: 'Run the release that wrote it, or move the directory away to count from zero.',
  },
  ERR_RELOAD_STATE: {
    message: 'a changed `state` needs a restart',
    means: 'The reloaded configuration has another section `state` than the running one.',
    action: 'Restart the exporter, or undo the change.',
  },
  ERR_RELOAD_UNWRITABLE: {
    message: 'the state cannot be written ({reason}); reload once it can',
    means: 'A reload commits what was counted with the running configuration, and commits fail.',
    action:
      'The log and `mood_state_commit_failures_total` say why they fail. Correct that, and reload again once commits succeed.',
  },
  ERR_RELOAD_STOPPING: {
    message: 'the exporter is stopping',
    means: 'The exporter was asked to stop, and reloads no more.',
    action: 'Start it again: it reads the configuration then.',
  },
  ERR_RELAY_OUTPUT: {
    message: '{problem}',
    means: '`mood-exporter relay` has no place to send posts to, or several.',
    action: 'Give `outputs` one entry, of a plugin that can relay posts, such as `kafka`.',
  },
  ERR_BACKFILL_SOURCE: {
    message: '{problem}',
    means: '`mood-exporter backfill` cannot read a source: it does not keep what it delivered, or it failed.',
    action:
      'Give `backfill` a configuration with sources that can be read from their start, such as `file`, and no others. After a failure, correct what the message names and run it again: it continues.',
  },
  ERR_BACKFILL_FOLDER: {
    message: '{dir}: {problem}',
    means: 'The folder of `mood-exporter backfill --out` cannot be used as it is.',
    action: 'Name an empty folder, or the one that the same configuration was backfilled to before.',
  },
  ERR_EVAL_DATA: {
    message: '{problem}',
    means: 'Labelled data, or a file of scores, cannot be used.',
    action: 'Correct the line that the message names. `mood-exporter eval --help` describes the format.',
  },
  ERR_EXPORT_EXISTS: {
    message: 'these files exist with other contents: {files}; --force overwrites them',
    means: '`mood-exporter export` found files that differ from the built-in ones, and wrote nothing.',
    action:
      'If you have changed them, move your changes to files of other names. Then give `--force`, or another directory.',
  },
  ERR_EXPORT_UNWRITABLE: {
    message: 'cannot write to {dir}: {reason}',
    means: '`mood-exporter export` cannot write a file.',
    action: 'Give a directory that you may write to.',
  },
  ERR_USAGE: {
    message: '{problem}',
    means: 'The command line was not understood.',
    action: 'Add `--help` to the command.',
    exit: 2,
  },
} as const satisfies Record<`ERR_${string}`, ErrorDeclaration>

/** A code of this catalogue. */
export type ErrorCode = keyof typeof ERRORS

/** A code of this catalogue, or of a plugin. */
export type AnyErrorCode = `ERR_${string}`

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

/** The values that the message of a code takes. */
export type ErrorValues<Code extends ErrorCode> = {
  readonly [Name in Placeholders<(typeof ERRORS)[Code]['message']>]: string | number
}

/** An error for a person to act on: what happened and where, with a stable code. */
export class MoodError extends Error {
  override name = 'MoodError'
  readonly code: AnyErrorCode

  constructor(code: AnyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The error of a code. */
export function createError<Code extends ErrorCode>(
  code: Code,
  values: ErrorValues<Code>,
  options?: ErrorOptions,
): MoodError {
  return new MoodError(code, errorText(code, values), options)
}

/** The message of a code, without the error: for a list of problems. */
export function errorText<Code extends ErrorCode>(code: Code, values: ErrorValues<Code>): string {
  const filled = values as Readonly<Record<string, string | number>>
  return ERRORS[code].message.replace(/\{(\w+)\}/g, (_, name: string) => String(filled[name]))
}

/** The code of an error, if it is one of ours or a plugin's; not one of Node.js or a library. */
export function codeOf(error: unknown): AnyErrorCode | undefined {
  // By its name, since a package may bring its own copy of the class.
  if (!(error instanceof MoodError || (error instanceof Error && error.name === 'PluginError')))
    return undefined
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^ERR_\w{1,60}$/.test(code) ? (code as AnyErrorCode) : undefined
}

/** The exit code of a command for an error. */
export const exitCodeOf = (error: unknown): number => {
  const declared: ErrorDeclaration | undefined = ERRORS[codeOf(error) as ErrorCode]
  return declared?.exit ?? 1
}
