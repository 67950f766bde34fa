/**
 * Every error that the exporter itself raises, by a code that a user can search for. The text says what to do;
 * what happened and where is in the message of each error.
 */
export const ERRORS = {
  ERR_CONFIG_INVALID: 'The configuration does not fit its schema. `mood-exporter check` names every problem.',
  ERR_CONFIG_UNREADABLE: 'The configuration file cannot be read. Check its path and permissions.',
  ERR_PLUGIN_NOT_FOUND:
    'No plugin of that name, file or package. `mood-exporter plugins` lists those shipped.',
  ERR_PLUGIN_INVALID:
    'The module does not export a plugin by default. Make it with defineScorer and its like.',
  ERR_PLUGIN_FAILED: 'The plugin failed while it was loaded or created.',
  ERR_LISTEN: 'The server cannot listen there. Choose a free port or address with `server.listen`.',
  ERR_WEB_CONFIG: 'The file of --web.config.file is not valid.',
  ERR_EVAL_DATA:
    'Labelled data, or a file of scores, cannot be used. The message names the line; `mood-exporter eval --help` says what is read.',
  ERR_USAGE: 'The command was not understood. Add --help.',
} as const

export type ErrorCode = keyof typeof ERRORS

/** An error for a person to act on: what happened and where, with a stable code. */
export class MoodError extends Error {
  override name = 'MoodError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
