import { dirname } from 'node:path'
import { type Emitter, LINES, sleep, textEncoding } from 'mood-exporter/plugin'
import { asPosition, type FilePosition, STARTED } from './file-positions.ts'
import type { TextStart } from './file-text.ts'
import { explainFileError, type FilePattern, statOf } from './found-files.ts'
import { headerBefore } from './header-before.ts'
import { headOf, identityOf, lastLineStart, NO_HEAD, type OpenFile, openFile, readFrom } from './open-file.ts'
import { findRotated, moveIdentity } from './renamed.ts'
import { Tail, type TailSettings } from './tail.ts'
import { DirectoryWatch } from './watch.ts'

const CHUNK_BYTES = 256 * 1024

/** How many files are opened concurrently. */
const OPENED_AT_ONCE = 32

/**
 * The minimum time between two rounds, in milliseconds: otherwise a busy writer would wake the reader for every line.
 */
const LEAST_WAIT_MS = 20

/** After this many polls without growth, a rotated file counts as finished. */
const QUIET_POLLS = 20

export interface FollowSettings extends Omit<TailSettings, 'buffer'> {
  pattern: FilePattern
  pollMs: number
  from: 'start' | 'end'
  /** Whether an earlier run has read something. */
  resumed: boolean
}

/** Follows files as they grow, through rotation and truncation, including new files. */
export class Follower {
  readonly #settings: FollowSettings
  readonly #tailSettings: TailSettings
  readonly #watch = new DirectoryWatch()
  /** By identity, in the order of their turns. */
  #tails = new Map<string, Tail>()
  /** Files matched by a glob that are not followed, which was logged, and whether to check them again. */
  readonly #leftOut = new Map<string, { again: boolean }>()
  #state: 'starting' | 'up' | 'down' = 'starting'
  #nextScan = 0

  constructor(settings: FollowSettings) {
    this.#settings = settings
    this.#tailSettings = { ...settings, buffer: Buffer.allocUnsafeSlow(CHUNK_BYTES) }
  }

  /** Runs until the signal is aborted. @throws Error if the single named file cannot be read */
  async run(): Promise<void> {
    const { signal, pollMs, resumed, emitter, from } = this.#settings
    try {
      await this.#scan(resumed ? 'start' : from)
      if (resumed) await this.#resumeRotated()
      else if (from === 'end') await this.#noteEnds(emitter)
      while (!signal.aborted) {
        let read = false
        for (const tail of this.#tails.values()) {
          if (!signal.aborted && (await this.#turn(tail))) read = true
        }
        if (!read) {
          const least = Math.min(LEAST_WAIT_MS, pollMs)
          await sleep(least, signal)
          await this.#watch.wait(pollMs - least, signal)
        }
        if (!signal.aborted && performance.now() >= this.#nextScan) await this.#scan('start')
      }
    } finally {
      this.#watch.close()
      for (const tail of this.#tails.values()) await tail.close()
    }
  }

  /** Commits the start positions of files without new content, and the fact of the first start. */
  async #noteEnds(emitter: Emitter): Promise<void> {
    await emitter.write([], { partition: STARTED, position: true })
    for (const [partition, file] of this.#settings.filePositions.files)
      await emitter.write([], { partition, position: asPosition(file) })
  }

  /** Gives a file its turn, and closes it once it is gone and quiet. Resolves to whether it was read. */
  async #turn(tail: Tail): Promise<boolean> {
    const read = await tail.turn()
    if (tail.goneSince === undefined) return read
    if (read) tail.goneSince = performance.now()
    else if (performance.now() - tail.goneSince > QUIET_POLLS * this.#settings.pollMs) {
      // The scan that missed the file may be old, or have run between the renames of a rotation.
      await this.#scan('start')
      if (tail.goneSince === undefined) return read
      this.#tails.delete(tail.file.identity)
      await tail.finish()
    }
    return read
  }

  /** Finds the current files. */
  async #scan(from: 'start' | 'end'): Promise<void> {
    const { pattern, pollMs } = this.#settings
    const started = performance.now()
    const paths = await pattern.find()
    const seen = new Set<string>()
    for (let next = 0; next < paths.length; next += OPENED_AT_ONCE) {
      const some = paths.slice(next, next + OPENED_AT_ONCE).map(path => ({ path, ...this.#look(path) }))
      const files = await Promise.all(some.map(({ path, isNew }) => (isNew ? this.#open(path) : null)))
      for (const [i, { path, identity }] of some.entries()) {
        const file = files[i] as OpenFile | Error | null
        const found = file === null ? identity : await this.#take(path, identity as string, file, from)
        if (found !== undefined) seen.add(found)
      }
    }
    for (const [identity, tail] of this.#tails) {
      tail.goneSince = seen.has(identity) ? undefined : (tail.goneSince ?? performance.now())
    }
    for (const identity of this.#leftOut.keys()) if (!seen.has(identity)) this.#leftOut.delete(identity)
    for (const path of pattern.isGlob ? paths : [pattern.path])
      this.#watch.add(dirname(pattern.absolute(path)))
    this.#report(seen.size > 0)
    // A glob over a large tree must not keep the disk busy.
    const now = performance.now()
    this.#nextScan = now + Math.max(pollMs / 2, 10 * (now - started))
  }

  /** The file at a path, and whether to open it. */
  #look(path: string): { identity?: string; isNew: boolean } {
    let stats: ReturnType<typeof statOf>
    try {
      stats = statOf(this.#settings.pattern.absolute(path))
    } catch (error) {
      throw explainFileError(path, error)
    }
    if (!stats) return { isNew: false }
    const identity = identityOf(stats)
    const isKnown = this.#tails.has(identity) || this.#leftOut.get(identity)?.again === false
    // An empty file is opened when its type can be detected.
    return { identity, isNew: !isKnown && !(stats.isFile() && stats.size === 0n) }
  }

  #open(path: string): Promise<OpenFile | Error> {
    return openFile(path, this.#settings.pattern.absolute(path)).catch((error: Error) => error)
  }

  /**
   * Begins to follow a file. Resolves to its identity; undefined if it is gone.
   *
   * @param looked the identity that was seen at its path
   * @param file the result of opening it
   */
  async #take(
    path: string,
    looked: string,
    file: OpenFile | Error,
    from: 'start' | 'end',
  ): Promise<string | undefined> {
    const { filePositions, emitter, signal } = this.#settings
    if (file instanceof Error) {
      // It may have been renamed since: the next scan will show.
      if ((file.cause as NodeJS.ErrnoException)?.code === 'ENOENT') return undefined
      this.#leaveOut(looked, file, true)
      return looked
    }
    if (file.compression || this.#tails.has(file.identity)) await file.handle.close()
    if (file.compression) {
      const why = 'is compressed, and a compressed file cannot be followed; leave out `follow`'
      this.#leaveOut(file.identity, new Error(`${path}: ${why}`), false)
    } else if (!this.#tails.has(file.identity)) {
      const { known, formerIdentity } = (await filePositions.recognise(file)) ?? {}
      const start = known ?? (await this.#start(file, from))
      if (formerIdentity !== undefined)
        await moveIdentity(emitter, signal, formerIdentity, file.identity, start)
      this.#tails.set(file.identity, new Tail(file, await this.#withHeader(file, start), this.#tailSettings))
    }
    return file.identity
  }

  /** One file of many is left out; for a single named file it is an error. */
  #leaveOut(identity: string, error: Error, again: boolean): void {
    if (!this.#settings.pattern.isGlob) throw error
    if (!this.#leftOut.has(identity)) this.#settings.log.warn(`left out: ${error.message}`)
    this.#leftOut.set(identity, { again })
  }

  /** The start of a text, with the header before it if the format needs one. */
  async #withHeader({ handle, start: fileStart }: OpenFile, start: FilePosition): Promise<TextStart> {
    const { emitter, maxRecordBytes, encoding } = this.#settings
    if (!emitter.header || start.offset === 0) return start
    const chunks = readFrom(handle, 0, Buffer.allocUnsafeSlow(CHUNK_BYTES))
    const framing = emitter.framing ?? LINES
    const { offset } = start
    return {
      ...start,
      header: await headerBefore(chunks, { fileStart, encoding, framing, maxRecordBytes, offset }),
    }
  }

  async #start({ path, handle, size, start }: OpenFile, from: 'start' | 'end'): Promise<FilePosition> {
    if (from === 'start') return { path, offset: 0, head: NO_HEAD, settled: null }
    const { maxRecordBytes, encoding } = this.#settings
    const offset = await lastLineStart(handle, size, maxRecordBytes, textEncoding(start, encoding).name)
    return { path, offset, head: await headOf(handle), settled: null }
  }

  /** Finds files that were rotated while the exporter was stopped, to read their rest first. */
  async #resumeRotated(): Promise<void> {
    const { pattern, filePositions, log, emitter } = this.#settings
    if (this.#tails.size === 0) return
    const rotated = new Map<string, Tail>()
    for (const [identity, known] of [...filePositions.files]) {
      if (this.#tails.has(identity)) continue
      const file = await findRotated(pattern.absolute(known.path), identity, known)
      if (file) {
        const tail = new Tail(file, await this.#withHeader(file, known), this.#tailSettings)
        tail.goneSince = performance.now()
        rotated.set(identity, tail)
      } else {
        filePositions.forget(identity)
        void emitter.close(identity, { forget: true })
        const { path, offset } = known
        log.warn('the file is gone: the data after this offset is lost', { path, offset })
        // For how long it was written to is not known.
        emitter.gap('lost', 0)
      }
    }
    this.#tails = new Map([...rotated, ...this.#tails])
  }

  #report(isThere: boolean): void {
    const { emitter, pattern } = this.#settings
    const state = isThere ? 'up' : 'down'
    if (state === this.#state) return
    this.#state = state
    if (isThere) emitter.up()
    else emitter.down(pattern.isGlob ? `no file matches ${pattern.path}` : `no such file: ${pattern.path}`)
  }
}
