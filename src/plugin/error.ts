/** The code of a plugin's error: `ERR_`, the plugin's name and the problem, such as `ERR_EXCLAIM_WEIGHTS`. */
export type PluginErrorCode = `ERR_${string}`

/** The meaning of each error code of a plugin and what to do, in a sentence or two. */
export type PluginErrors = Readonly<Record<PluginErrorCode, string>>

const CODE = /^ERR_[A-Z0-9_]{1,60}$/

/**
 * An error of `create` for a problem of the configuration that the schema cannot detect: a missing file,
 * contradicting options. The exporter shows the message, after the plugin's name, with the code. An error of any
 * other class is shown with `ERR_PLUGIN_FAILED`.
 */
export class PluginError extends Error {
  override readonly name = 'PluginError'
  readonly code: PluginErrorCode

  /**
   * @param code declared in `errors` of the plugin's definition
   * @param message what was expected and what was found; it begins with the option: `tls_ca: cannot be read`
   * @throws TypeError if the code is not `ERR_` with capitals, digits and "_"
   */
  constructor(code: PluginErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    if (!CODE.test(code)) throw new TypeError(`expected a code such as ERR_EXCLAIM_WEIGHTS, got ${code}`)
    this.code = code
  }
}
