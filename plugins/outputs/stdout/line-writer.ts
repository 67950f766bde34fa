import type { Writable } from 'node:stream'

/** Text that was passed to the stream and may be half written. */
interface Unfinished {
  keys: ReadonlySet<string>
  written: Promise<void>
}

/** A line, with the key of its event. */
export interface Line {
  key: string
  text: string
}

/**
 * Writes lines to a stream that may be slow or break. A begun line is finished before any other, even if its write
 * has been aborted: the reader never sees half a line.
 */
export class LineWriter {
  readonly #open: () => Writable
  #stream: Writable | null = null
  #unfinished: Unfinished | null = null
  /** Whether the stream broke, so that the reader may have seen half a line. */
  #broke = false

  /** @param open opens the stream, for the first write and again after it broke */
  constructor(open: () => Writable) {
    this.#open = open
  }

  /**
   * Resolves once the operating system has all lines. A line of an aborted write is not written again while that
   * write is still running, nor after it succeeded.
   *
   * @throws the signal's reason when it is aborted, or the error of the stream
   */
  async write(lines: readonly Line[], signal: AbortSignal): Promise<void> {
    const before = this.#unfinished
    if (before) await this.#finish(before, signal)
    const left = lines.filter(({ key }) => !before?.keys.has(key))
    if (left.length === 0) return
    const written = this.#begin(left.map(({ text }) => `${text}\n`).join(''))
    // It may fail after the write was aborted.
    written.catch(() => {})
    this.#unfinished = { keys: new Set(left.map(({ key }) => key)), written }
    await this.#finish(this.#unfinished, signal)
  }

  close(): void {
    this.#stream?.destroy()
    this.#stream = null
  }

  /** Waits for a write. If it is aborted, the text stays unfinished. */
  async #finish({ written }: Unfinished, signal: AbortSignal): Promise<void> {
    try {
      await orAborted(written, signal)
      this.#unfinished = null
    } catch (error) {
      if (!signal.aborted) this.#unfinished = null
      throw error
    }
  }

  /** Resolves once the text is written, without a time limit. */
  async #begin(text: string): Promise<void> {
    const stream = this.#stream ?? this.#opened()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    stream.write(this.#broke ? `\n${text}` : text, error => {
      if (error) {
        this.#forget(stream)
        reject(error)
      } else {
        this.#broke = false
        resolve()
      }
    })
    return promise
  }

  #opened(): Writable {
    const stream = this.#open()
    this.#stream = stream
    return stream.on('error', () => this.#forget(stream))
  }

  /** Opens the stream again for the next write. */
  #forget(stream: Writable): void {
    if (this.#stream !== stream) return
    this.#stream = null
    this.#unfinished = null
    this.#broke = true
  }
}

function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
