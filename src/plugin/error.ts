/** The code of a plugin's error: `ERR_`, the plugin's name and what is wrong, such as `ERR_EXCLAIM_WEIGHTS`. */
export type PluginErrorCode = `ERR_${string}`

/** For each code of a plugin's errors what it means and what to do about it, in a sentence or two. */
export type PluginErrors = Readonly<Record<PluginErrorCode, string>>

const CODE = /^ERR_[A-Z0-9_]{1,60}$/

/**
 * An error that a plugin's `create` throws for what is wrong with its configuration and its schema cannot see: a file
 * that is missing, options that contradict each other. The exporter shows the message, after the plugin's name, with the
 * code. An error of any other class is shown with `ERR_PLUGIN_FAILED`.
 */
export class PluginError extends Error {
  override readonly name = 'PluginError'
  readonly code: PluginErrorCode

  /**
   * @param code declared in `errors` of the plugin's definition
   * @param message what was expected and what was found, beginning with the option at fault: `tls_ca: cannot be read`
   * @throws TypeError where the code is not `ERR_` with capitals, digits and "_"
   */
  constructor(code: PluginErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    if (!CODE.test(code)) throw new TypeError(`expected a code such as ERR_EXCLAIM_WEIGHTS, got ${code}`)
    this.code = code
  }
}
