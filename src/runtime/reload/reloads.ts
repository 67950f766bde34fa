import { codeOf } from '../../catalogue/errors.ts'
import { ConfigError, formatProblem } from '../../config/problem.ts'
import { redacted } from '../../config/redact.ts'
import type { ExporterLog } from '../log.ts'
import type { Status } from '../view.ts'

export type ReloadResult = { ok: true } | { ok: false; problems: string[] }

/** Runs reloads one at a time. Concurrent requests share one. Keeps the result of the last one. */
export class Reloads {
  last: Status['config']['lastReload'] = { ok: true, at: Date.now(), problems: [] }
  /** When the running configuration was loaded. */
  loadedAt = Date.now()
  readonly #adopt: () => Promise<void>
  readonly #log: ExporterLog
  #running: Promise<ReloadResult> = Promise.resolve({ ok: true })
  #next: Promise<ReloadResult> | null = null

  /** @param adopt loads the configuration and switches to it; rejects if the running one is kept */
  constructor(adopt: () => Promise<void>, log: ExporterLog) {
    this.#adopt = adopt
    this.#log = log
  }

  /** Reloads, and resolves to the result. */
  ask(): Promise<ReloadResult> {
    // A running reload may have read the file before it was changed: this call gets one that begins later.
    this.#next ??= this.#running.then(() => {
      this.#next = null
      this.#running = this.#reload()
      return this.#running
    })
    return this.#next
  }

  /** Resolves once no reload is running. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #reload(): Promise<ReloadResult> {
    const at = Date.now()
    try {
      await this.#adopt()
      this.last = { ok: true, at, problems: [] }
      this.loadedAt = at
      this.#log.info({}, 'the configuration was reloaded')
      return { ok: true }
    } catch (error) {
      const problems = redacted(problemsOf(error))
      this.last = { ok: false, at, problems }
      this.#log.error(
        { problems },
        'the configuration could not be reloaded; the running configuration is kept',
      )
      return { ok: false, problems }
    }
  }
}

/** The problems, one per line, with their codes. */
function problemsOf(error: unknown): string[] {
  if (error instanceof ConfigError) return error.problems.map(formatProblem)
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  return [code === undefined ? message : `${message} (${code})`]
}
