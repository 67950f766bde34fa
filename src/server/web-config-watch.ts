import { createError } from '../catalogue/errors.ts'
import { FilesRead } from './files-read.ts'
import type { ServerLog } from './log.ts'
import { readWebConfig } from './web-config.ts'
import { NO_WEB_CONFIG, type WebConfig, type WebSettings } from './web-settings.ts'

/**
 * The settings of `--web.config.file`, read again when it or a certificate has changed. If it is no longer valid, the
 * error is logged and the last valid settings stay: certificate and key are rarely replaced at the same instant.
 */
export class WebConfigWatch implements WebConfig {
  readonly #file: string
  readonly #log: ServerLog
  #settings = NO_WEB_CONFIG
  #files = new FilesRead()

  /** @throws {MoodError} like {@link readWebConfig}, if the file is not valid at the start */
  constructor(file: string, log: ServerLog) {
    this.#file = file
    this.#log = log
    this.#use(readWebConfig(file, this.#files))
  }

  /**
   * The current settings. Checks whether the files changed (about 10 µs), so that the next request uses a new
   * password, and the next handshake a new certificate; files are read only after a change.
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
 * Node.js fixes at the start whether a server uses TLS and asks for client certificates. An empty or half-written
 * file must not let everyone in: users are removed only if the file explicitly says so.
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
