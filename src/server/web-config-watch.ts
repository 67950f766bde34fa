import { createError } from '../catalogue/errors.ts'
import { FilesRead } from './files-read.ts'
import type { ServerLog } from './log.ts'
import { readWebConfig } from './web-config.ts'
import { NO_WEB_CONFIG, type WebConfig, type WebSettings } from './web-settings.ts'

/**
 * The settings of `--web.config.file`, read again when it or a certificate has changed. A file that is no longer
 * valid is logged, and the settings that worked last stay: certificate and key are rarely replaced in one instant.
 */
export class WebConfigWatch implements WebConfig {
  readonly #file: string
  readonly #log: ServerLog
  #settings = NO_WEB_CONFIG
  #files = new FilesRead()

  /** @throws {MoodError} as {@link readWebConfig} when the file is not valid to begin with */
  constructor(file: string, log: ServerLog) {
    this.#file = file
    this.#log = log
    this.#use(readWebConfig(file, this.#files))
  }

  /**
   * The settings of this moment. It asks the file system whether the files changed (some 10 µs), so that the next
   * request knows a new password, and the next handshake a new certificate; only a change makes it read.
   */
  settings(): WebSettings {
    if (this.#files.changed()) this.#readAgain(this.#file)
    return this.#settings
  }

  #readAgain(file: string): void {
    this.#files = new FilesRead()
    try {
      const settings = readWebConfig(file, this.#files)
      refuseWhatNeedsARestart(this.#settings, settings)
      this.#use(settings)
      this.#log.info({ file }, 'web configuration reloaded')
    } catch (error) {
      this.#log.error(
        { file, err: error },
        'the web configuration has changed but cannot be used; the running configuration is kept',
      )
    }
  }

  #use(settings: WebSettings): void {
    this.#settings = settings
    for (const note of settings.notes) this.#log.warn({ file: this.#file }, note)
  }
}

/**
 * Node fixes at the start whether a server speaks TLS, and whether it asks for client certificates. A file that is empty
 * or only half written must not let everybody in: users are gone only where the file says so.
 */
function refuseWhatNeedsARestart(old: WebSettings, now: WebSettings): void {
  if (old.users.size > 0 && !now.namesUsers)
    throw createError('ERR_WEB_CONFIG_RESTART', {
      key: 'basic_auth_users',
      change: 'leave it out, or write `basic_auth_users: {}` to ask for no password',
    })
  if ((old.tls === null) !== (now.tls === null))
    throw createError('ERR_WEB_CONFIG_RESTART', { key: 'tls_server_config', change: 'turn TLS on or off' })
  if (old.tls?.clientAuth !== now.tls?.clientAuth)
    throw createError('ERR_WEB_CONFIG_RESTART', {
      key: 'tls_server_config.client_auth_type',
      change: 'change it',
    })
}
