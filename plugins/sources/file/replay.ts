import { type Emitter, type Log, sleep } from 'mood-exporter/plugin'
import { DamagedData, decompress } from './decompress.ts'
import { FileText } from './file-text.ts'
import { explainFileError, type FilePattern } from './found-files.ts'
import { firstLine, headOf, type OpenFile, openFile, readFrom } from './open-file.ts'
import { type Pace, paced } from './pace.ts'
import type { FileProgress, Progress } from './progress.ts'

const CHUNK_BYTES = 256 * 1024

/** How long to wait before trying again when there was nothing to repeat, in milliseconds. */
const EMPTY_ROUND_MS = 1000

export interface ReplaySettings {
  pattern: FilePattern
  progress: Progress
  pace: Pace | undefined
  repeat: boolean
  maxRecordBytes: number
  log: Log
}

/** Reads files to their end, one after another. */
export class Replay {
  readonly #settings: ReplaySettings
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #isUp = false

  constructor(settings: ReplaySettings) {
    this.#settings = settings
  }

  /** @throws Error that names each file that could not be read, once all others are */
  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { repeat, progress } = this.#settings
    for (;;) {
      const { bytes, failures } = await this.#round(emitter, signal)
      if (signal.aborted) return
      const [failure] = failures
      if (failure && (!repeat || bytes === 0)) {
        throw failures.length === 1 ? failure : new Error(failures.map(({ message }) => message).join('; '))
      }
      if (!repeat) return
      // The positions of the next round replace those of this one.
      for (const identity of [...progress.files.keys()]) progress.forget(identity)
      if (bytes === 0) await sleep(EMPTY_ROUND_MS, signal)
    }
  }

  async #round(emitter: Emitter, signal: AbortSignal): Promise<{ bytes: number; failures: Error[] }> {
    const { pattern, log } = this.#settings
    const paths = await pattern.find()
    if (paths.length === 0)
      throw new Error(`${pattern.path}: no file matches, looked from ${pattern.baseDir}`)
    const failures: Error[] = []
    let bytes = 0
    for (const path of paths) {
      try {
        bytes += await this.#readFile(path, emitter, signal)
      } catch (error) {
        failures.push(error as Error)
        if (paths.length > 1) log.error((error as Error).message)
      }
      if (signal.aborted) break
    }
    if (!signal.aborted) log.info('read to the end', { files: paths.length, bytes })
    return { bytes, failures }
  }

  /** Bytes of text read. */
  async #readFile(path: string, emitter: Emitter, signal: AbortSignal): Promise<number> {
    const { pattern, progress } = this.#settings
    const file = await openFile(path, pattern.absolute(path))
    try {
      if (!this.#isUp) emitter.up()
      this.#isUp = true
      const { known, formerIdentity } = (await progress.recognise(file)) ?? {}
      if (formerIdentity !== undefined) void emitter.close(formerIdentity, { forget: true })
      if (known?.settled === file.version) return 0
      const start = known ?? { path, offset: 0, head: await headOf(file.handle), settled: null }
      return await this.#readText(file, start, emitter, signal)
    } finally {
      await file.handle.close()
    }
  }

  async #readText(
    file: OpenFile,
    start: FileProgress,
    emitter: Emitter,
    signal: AbortSignal,
  ): Promise<number> {
    const { progress, pace, maxRecordBytes } = this.#settings
    const header =
      emitter.header && start.offset > 0
        ? await firstLine(this.#chunksOf(file, 0, signal), maxRecordBytes)
        : undefined
    const text = new FileText(emitter, signal, file.identity, { ...start, header })
    const chunks = this.#chunksOf(file, start.offset, signal)
    const settled = (offset: number) => {
      const end = { ...start, offset, settled: file.version }
      progress.set(file.identity, end)
      return end
    }
    try {
      for await (const chunk of pace ? paced(chunks, pace, maxRecordBytes, signal) : chunks) {
        await text.write(chunk)
        if (signal.aborted) break
      }
      if (signal.aborted) progress.set(file.identity, { ...start, offset: text.lineEnd, settled: null })
      else await text.finish(settled(text.end))
    } catch (error) {
      if (!(error instanceof DamagedData)) throw explainFileError(file.path, error)
      // What was read is kept, and the rest is not tried again until the file has changed.
      await text.settle(settled(text.lineEnd))
      throw new Error(
        `${file.path}: the ${file.compression} data is damaged at byte ${error.offset} of ${file.size}, ` +
          `after ${text.end} bytes of text, which were read: ${error.message}`,
        { cause: error },
      )
    }
    return text.end - start.offset
  }

  #chunksOf({ handle, compression }: OpenFile, offset: number, signal: AbortSignal): AsyncIterable<Buffer> {
    return compression
      ? textFrom(offset, decompress(handle, compression), signal)
      : readFrom(handle, offset, this.#buffer)
  }
}

/** Leaves out the bytes before an offset: there is no other way to get to it in a compressed file. */
async function* textFrom(
  offset: number,
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let left = offset
  for await (const chunk of chunks) {
    if (signal.aborted) return
    if (left >= chunk.length) left -= chunk.length
    else {
      yield chunk.subarray(left)
      left = 0
    }
  }
}
