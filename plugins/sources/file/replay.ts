import {
  COMPRESSED_BYTES,
  containerOf,
  DamagedData,
  decompressAgain,
  type Emitter,
  LINES,
  type Log,
  notRead,
  sleep,
} from 'mood-exporter/plugin'
import type { FilePosition, FilePositions } from './file-positions.ts'
import { FileText } from './file-text.ts'
import { explainFileError, type FilePattern } from './found-files.ts'
import { headerBefore } from './header-before.ts'
import { headOf, type OpenFile, openFile, readFrom } from './open-file.ts'
import { type Pace, paced } from './pace.ts'
import { moveIdentity } from './renamed.ts'

const CHUNK_BYTES = 256 * 1024

/** The wait if there was nothing to repeat, in milliseconds. */
const EMPTY_ROUND_MS = 1000

export interface ReplaySettings {
  pattern: FilePattern
  filePositions: FilePositions
  pace: Pace | undefined
  repeat: boolean
  maxRecordBytes: number
  /** The configured encoding by its name in the Encoding Standard; undefined if there is none. */
  encoding: string | undefined
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

  /** @throws Error that names each file that could not be read, after all others were */
  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { repeat, filePositions } = this.#settings
    for (;;) {
      const { bytes, failures } = await this.#round(emitter, signal)
      if (signal.aborted) return
      const [failure] = failures
      if (failure && (!repeat || bytes === 0)) {
        throw failures.length === 1 ? failure : new Error(failures.map(({ message }) => message).join('; '))
      }
      if (!repeat) return
      // The positions of the next round replace those of this one.
      for (const identity of [...filePositions.files.keys()]) filePositions.forget(identity)
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
    const { pattern, filePositions } = this.#settings
    const file = await openFile(path, pattern.absolute(path))
    try {
      if (!this.#isUp) emitter.up()
      this.#isUp = true
      const { known, formerIdentity } = (await filePositions.recognise(file)) ?? {}
      if (known && formerIdentity !== undefined)
        await moveIdentity(emitter, signal, formerIdentity, file.identity, known)
      if (known?.settled === file.version) return 0
      if (known?.settled === damagedVersion(file)) throw new Error(`${file.path}: ${STILL_DAMAGED}`)
      const start = known ?? { path, offset: 0, head: await headOf(file.handle), settled: null }
      return await this.#readText(file, start, emitter, signal)
    } finally {
      await file.handle.close()
    }
  }

  async #readText(
    file: OpenFile,
    start: FilePosition,
    emitter: Emitter,
    signal: AbortSignal,
  ): Promise<number> {
    const { filePositions, pace, maxRecordBytes } = this.#settings
    const header = await this.#headerOf(file, start, emitter, signal)
    const text = new FileText(emitter, signal, file.identity, { ...start, header })
    const settled = (offset: number, version: string) => {
      const end = { ...start, offset, settled: version }
      filePositions.set(file.identity, end)
      return end
    }
    try {
      const chunks = text.decoded(this.#bytesOf(file, start.offset, text, signal))
      for await (const chunk of pace ? paced(chunks, pace, emitter, maxRecordBytes, signal) : chunks) {
        await text.write(chunk)
        if (signal.aborted) break
      }
      if (signal.aborted)
        filePositions.set(file.identity, { ...start, offset: text.recordEnd, settled: null })
      else await text.finish(settled(text.end, file.version))
    } catch (error) {
      if (!(error instanceof DamagedData)) throw withPath(file.path, error)
      // What was read counts, and the rest is not tried again until the file has changed.
      if (error.followsEnd) await text.finish(settled(text.end, damagedVersion(file)))
      else await text.settle(settled(text.recordEnd, damagedVersion(file)))
      throw new Error(
        `${file.path}: the ${file.compression} data is damaged at byte ${error.offset} of ${file.size}, ` +
          `after ${text.end} bytes of text, which were read: ${error.message}`,
        { cause: error },
      )
    }
    return text.end - start.offset
  }

  /** The header of a text that begins after it. */
  async #headerOf(
    file: OpenFile,
    { offset }: FilePosition,
    emitter: Emitter,
    signal: AbortSignal,
  ): Promise<Buffer | undefined> {
    if (!emitter.header || offset === 0) return undefined
    const { encoding, maxRecordBytes } = this.#settings
    const { compression, start: fileStart } = file
    try {
      return await headerBefore(this.#chunksOf(file, 0, signal), {
        ...(compression ? {} : { fileStart }),
        encoding,
        framing: emitter.framing ?? LINES,
        maxRecordBytes,
        offset,
      })
    } catch (error) {
      throw withPath(file.path, error)
    }
  }

  /** The bytes of a file's text from an offset. Passes the file's first bytes to the text. */
  async *#bytesOf(
    file: OpenFile,
    offset: number,
    text: FileText,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    const { encoding } = this.#settings
    if (!file.compression) {
      text.begin(file.start, encoding)
      yield* this.#chunksOf(file, offset, signal)
      return
    }
    let left = offset
    // In a compressed file, reaching an offset requires decompressing everything before it.
    for await (const chunk of this.#chunksOf(file, 0, signal)) {
      if (!text.hasBegun) {
        const container = containerOf(chunk)
        if (container) throw new Error(`holds what ${notRead(container)}`)
        text.begin(chunk, encoding)
      }
      if (left >= chunk.length) left -= chunk.length
      else {
        yield chunk.subarray(left)
        left = 0
      }
    }
  }

  /** The bytes of a file, decompressed if it is compressed, otherwise from an offset. */
  async *#chunksOf(
    { path, handle, compression }: OpenFile,
    offset: number,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    if (!compression) {
      yield* readFrom(handle, offset, this.#buffer)
      return
    }
    const onWindow = (bytes: number) => {
      if (bytes > NOTABLE_WINDOW)
        this.#settings.log.warn(
          `${path}: decompressing it takes up to ${Math.ceil(bytes / MIB)} MiB of memory`,
        )
    }
    const buffer = Buffer.allocUnsafe(COMPRESSED_BYTES)
    const pieces = () => readFrom(handle, 0, buffer)
    for await (const chunk of decompressAgain(pieces, compression, onWindow)) {
      if (signal.aborted) return
      yield chunk
    }
  }
}

const MIB = 2 ** 20

/** A decompressor with more memory than this is logged, in bytes: the default limit of `zstd`. */
const NOTABLE_WINDOW = 128 * MIB

/** The version of a damaged file, as opposed to one that was read. */
const damagedVersion = ({ version }: OpenFile): string => `${version} damaged`

const STILL_DAMAGED =
  'is damaged; what comes before the damage was read, and the rest is once the file has changed'

/** Adds the name of the file, which explained system errors already contain. */
function withPath(path: string, error: unknown): Error {
  const explained = explainFileError(path, error)
  const isNamed = explained !== error
  return isNamed ? explained : new Error(`${path}: ${explained.message}`, { cause: error })
}
