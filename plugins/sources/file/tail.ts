import { type Emitter, type Log, SIGNATURE_BYTES } from 'mood-exporter/plugin'
import type { FilePosition, FilePositions } from './file-positions.ts'
import { FileText, type TextStart } from './file-text.ts'
import { explainFileError } from './found-files.ts'
import { firstBytes, hasHeadNow, headWith, NO_HEAD, type OpenFile, readNow, statNow } from './open-file.ts'
import { type Pace, paced } from './pace.ts'

/** How many chunks of one file are read before other files get their turn. */
const CHUNKS_A_TURN = 16

export interface TailSettings {
  emitter: Emitter
  signal: AbortSignal
  filePositions: FilePositions
  pace: Pace | undefined
  maxRecordBytes: number
  /** The configured encoding by its name in the Encoding Standard; undefined if there is none. */
  encoding: string | undefined
  log: Log
  /** Memory to read into, which tails share. */
  buffer: Buffer
}

/** A file that is followed. */
export class Tail {
  readonly file: OpenFile
  /** Since when no path leads to the file, by `performance.now()`: it was rotated or deleted. */
  goneSince: number | undefined
  readonly #settings: TailSettings
  readonly #path: string
  #text: FileText
  /** Whether its first bytes have changed since it was opened. */
  #isTruncated = false
  /** When it was last written, at the last check: another text of the same size may have replaced it. */
  #writtenAt: number | undefined

  constructor(file: OpenFile, start: TextStart, settings: TailSettings) {
    this.file = file
    this.#settings = settings
    this.#path = start.path
    this.#text = this.#open(start)
    this.#note()
  }

  /** Reads new content, up to a limit. Resolves to whether it read anything. */
  async turn(): Promise<boolean> {
    try {
      return await this.#read()
    } catch (error) {
      throw explainFileError(this.#path, error)
    }
  }

  async #read(): Promise<boolean> {
    const { pace, signal, maxRecordBytes, buffer, emitter, encoding } = this.#settings
    const { handle } = this.file
    const { size, mtimeMs } = statNow(handle)
    if (size === this.#text.end && mtimeMs === this.#writtenAt) return false
    this.#writtenAt = mtimeMs
    if (size < this.#text.end || !hasHeadNow(handle, this.#text.head)) await this.#startAgain()
    else if (size === this.#text.end) return false
    const text = this.#text
    if (!text.hasBegun)
      text.begin(
        this.file.start.length >= SIGNATURE_BYTES && !this.#isTruncated
          ? this.file.start
          : await firstBytes(handle, SIGNATURE_BYTES),
        encoding,
      )
    const chunks = text.decoded(this.#noted(take(CHUNKS_A_TURN, readNow(handle, text.end, buffer)), text))
    for await (const chunk of pace ? paced(chunks, pace, emitter, maxRecordBytes, signal) : chunks) {
      await text.write(chunk)
      if (signal.aborted) break
    }
    this.#note()
    return true
  }

  /** The same chunks. Records the head of the bytes that were read: the file may have changed since. */
  async *#noted(chunks: AsyncIterable<Buffer>, text: FileText): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      text.head = headWith(text.head, chunk, text.end)
      yield chunk
    }
  }

  /** Emits a last record without a line end, and closes the file. */
  async finish(): Promise<void> {
    const { filePositions, emitter } = this.#settings
    await this.#text.finish({ ...this.#reached, offset: this.#text.end })
    filePositions.forget(this.file.identity)
    // Other files must not wait for the commit.
    void emitter.close(this.file.identity, { forget: true })
    await this.close()
  }

  close(): Promise<void> {
    return this.file.handle.close()
  }

  /** Starts again after a truncation, for example by logrotate's `copytruncate`. */
  async #startAgain(): Promise<void> {
    const { log } = this.#settings
    this.#isTruncated = true
    log.info('the file was truncated or replaced: reading it from its start', { path: this.#path })
    const start = { path: this.#path, offset: 0, head: NO_HEAD, settled: null }
    await this.#text.finish(start)
    this.#text = this.#open(start)
    this.#note()
  }

  #open(start: TextStart): FileText {
    const { emitter, signal } = this.#settings
    return new FileText(emitter, signal, this.file.identity, start)
  }

  /** The position after the last whole record. */
  get #reached(): FilePosition {
    const { recordEnd: offset, head } = this.#text
    return { path: this.#path, offset, head, settled: null }
  }

  #note(): void {
    this.#settings.filePositions.set(this.file.identity, this.#reached)
  }
}

async function* take<T>(count: number, items: AsyncIterable<T>): AsyncGenerator<T> {
  let left = count
  for await (const item of items) {
    yield item
    if (--left === 0) return
  }
}
