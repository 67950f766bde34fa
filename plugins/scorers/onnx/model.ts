import { type ChildProcess, fork } from 'node:child_process'
import { type Log, PluginError } from 'mood-exporter/plugin'
import type { FromProcess, Ready, Setup, ToProcess } from './model-process.ts'

/** TypeScript in a checkout, JavaScript in the package. */
const PROCESS = new URL(`./model-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** A process that has not answered for this time is stuck; milliseconds. */
const STUCK_MS = 60_000

/** The longest pause before a process that keeps ending is started again; milliseconds. */
const MAX_PAUSE_MS = 60_000

/** How much of an ended process's output is reported. */
const LAST_WORDS = 300

/** A model in its own process, which is started again if it ends. */
export class Model {
  readonly #setup: Setup
  readonly #log: Log
  #process: ChildProcess | undefined
  #waiting: PromiseWithResolvers<FromProcess> | undefined
  /** Settles when the current call does. */
  #busy: Promise<unknown> = Promise.resolve()
  #latest = 0
  #pauseMs = 500
  #notBefore = 0
  #lastWords = ''
  #closed = false

  private constructor(setup: Setup, log: Log) {
    this.#setup = setup
    this.#log = log
  }

  /** @throws PluginError if the model cannot be loaded, with what to do */
  static async start(setup: Setup, log: Log): Promise<{ model: Model; ready: Ready }> {
    const model = new Model(setup, log)
    try {
      return { model, ready: await model.#begin() }
    } catch (error) {
      model.close()
      throw error
    }
  }

  /** The logits of each text; null for one without tokens. One call at a time. */
  async logits(texts: readonly string[]): Promise<(readonly number[] | null)[]> {
    const mine = ++this.#latest
    // A new call means that the result of the current one is no longer awaited, nor are those of waiting calls: if
    // all were answered, a slow model would fall further and further behind.
    await this.#busy.catch(() => {})
    if (mine !== this.#latest) throw new Error('given up for a later call: the model is too slow')
    const answered = this.#answer(texts)
    this.#busy = answered
    return answered
  }

  close(): void {
    this.#closed = true
    this.#process?.kill('SIGKILL')
  }

  async #answer(texts: readonly string[]): Promise<(readonly number[] | null)[]> {
    if (!this.#process) await this.#again()
    const reply = await this.#ask({ texts })
    if ('logits' in reply) return reply.logits
    throw new Error('failed' in reply ? reply.failed : 'the process of the model answered without a request')
  }

  async #again(): Promise<void> {
    const pause = Math.ceil((this.#notBefore - performance.now()) / 1000)
    if (pause > 0) throw new Error(`the process of the model ended; restarting it in ${pause} s`)
    await this.#begin()
  }

  async #begin(): Promise<Ready> {
    this.#spawn()
    const reply = await this.#ask({ setup: this.#setup })
    if ('ready' in reply) return reply.ready
    this.#process?.kill('SIGKILL')
    const { failed = 'the process of the model answered without a request', code = 'ERR_ONNX_MODEL' } =
      'failed' in reply ? reply : {}
    throw new PluginError(code, failed)
  }

  #spawn(): void {
    const process = fork(PROCESS, [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#process = process
    this.#lastWords = ''
    process.stderr?.on('data', (words: Buffer) => {
      this.#lastWords = (this.#lastWords + words).slice(-LAST_WORDS)
    })
    process.on('message', (reply: FromProcess) => this.#waiting?.resolve(reply))
    const ended = (how: string) => {
      if (this.#process === process) this.#ended(how)
    }
    process.on('error', error => ended(error.message))
    process.on('close', (code, signal) => ended(signal ?? `code ${code}`))
    // Only a running call keeps this process alive.
    process.unref()
    const { stderr, channel } = process
    ;(stderr as unknown as { unref?(): void } | null)?.unref?.()
    channel?.unref()
  }

  #ended(how: string): void {
    this.#process = undefined
    const words = this.#lastWords.trim()
    const message = `the process of the model ended (${how})${words === '' ? '' : `: ${words}`}`
    this.#waiting?.reject(new Error(message))
    if (this.#closed) return
    this.#log.warn(message)
    this.#notBefore = performance.now() + this.#pauseMs
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2)
  }

  async #ask(message: ToProcess): Promise<FromProcess> {
    const process = this.#process as ChildProcess
    const waiting = Promise.withResolvers<FromProcess>()
    this.#waiting = waiting
    const stuck = setTimeout(() => process.kill('SIGKILL'), STUCK_MS)
    process.channel?.ref()
    // If the process cannot be reached, its end gives the reason.
    process.send(message, error => error && process.kill('SIGKILL'))
    try {
      const reply = await waiting.promise
      this.#pauseMs = 500
      return reply
    } finally {
      clearTimeout(stuck)
      process.channel?.unref()
      this.#waiting = undefined
    }
  }
}
