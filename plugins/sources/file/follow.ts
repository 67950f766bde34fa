import { dirname } from 'node:path'
import type { Position } from 'mood-exporter/plugin'
import { sleep } from '../shared/abort.ts'
import { explainFileError, type FilePattern, statOf } from './found-files.ts'
import { headOf, lastLineStart, NO_HEAD, type OpenFile, openFile } from './open-file.ts'
import type { FileProgress } from './progress.ts'
import { findRotated } from './rotated.ts'
import { Tail, type TailSettings } from './tail.ts'
import { DirectoryWatch } from './watch.ts'

const CHUNK_BYTES = 256 * 1024

/** The least time between two rounds, in milliseconds: a busy writer would otherwise wake the reader on every line. */
const LEAST_WAIT_MS = 20

/** Polls without growth after which a file that was rotated away is taken to be finished. */
const QUIET_POLLS = 20

export interface FollowSettings extends Omit<TailSettings, 'buffer'> {
  pattern: FilePattern
  pollMs: number
  from: 'start' | 'end'
  /** Where an earlier run came to; undefined on the very first start. */
  position: Position | undefined
}

/** Reads files as they grow: through rotation and truncation, and those that appear later. */
export class Follower {
  readonly #settings: FollowSettings
  readonly #tailSettings: TailSettings
  readonly #watch = new DirectoryWatch()
  /** By inode, the order in which they get their turn. */
  #tails = new Map<string, Tail>()
  /** Inodes of files under a glob that are not followed, of which the log has told, and whether to look again. */
  readonly #leftOut = new Map<string, { again: boolean }>()
  #state: 'starting' | 'up' | 'down' = 'starting'
  #nextScan = 0

  constructor(settings: FollowSettings) {
    this.#settings = settings
    this.#tailSettings = { ...settings, buffer: Buffer.allocUnsafeSlow(CHUNK_BYTES) }
  }

  /** Runs until the signal is aborted. @throws Error where the one file that is named cannot be read */
  async run(): Promise<void> {
    const { signal, pollMs, position, progress, sink, from } = this.#settings
    try {
      await this.#scan(position === undefined ? from : 'start')
      if (position !== undefined) await this.#resumeRotated()
      else if (from === 'end') await sink.write([], { position: progress.position })
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

  /** Gives a file its turn, and lets go of it once it is gone and quiet. Resolves to whether it was read. */
  async #turn(tail: Tail): Promise<boolean> {
    const read = await tail.turn()
    if (tail.goneSince === undefined) return read
    if (read) tail.goneSince = performance.now()
    else if (performance.now() - tail.goneSince > QUIET_POLLS * this.#settings.pollMs) {
      this.#tails.delete(tail.file.inode)
      await tail.finish()
    }
    return read
  }

  /** Looks which files there are. */
  async #scan(from: 'start' | 'end'): Promise<void> {
    const { pattern, pollMs } = this.#settings
    const started = performance.now()
    const paths = await pattern.find()
    const seen = new Set<string>()
    for (const path of paths) {
      const inode = await this.#look(path, from)
      if (inode !== undefined) seen.add(inode)
    }
    for (const [inode, tail] of this.#tails) {
      tail.goneSince = seen.has(inode) ? undefined : (tail.goneSince ?? performance.now())
    }
    for (const inode of this.#leftOut.keys()) if (!seen.has(inode)) this.#leftOut.delete(inode)
    for (const path of pattern.isGlob ? paths : [pattern.path])
      this.#watch.add(dirname(pattern.absolute(path)))
    this.#report(seen.size > 0)
    // A glob over a large tree is not to keep the disk busy.
    const now = performance.now()
    this.#nextScan = now + Math.max(pollMs / 2, 10 * (now - started))
  }

  /** Begins to follow the file at a path, if there is one. Its inode, if so. */
  async #look(path: string, from: 'start' | 'end'): Promise<string | undefined> {
    const { pattern, progress } = this.#settings
    const stats = await statOf(pattern.absolute(path)).catch((error: unknown) => {
      throw explainFileError(path, error)
    })
    if (!stats) return undefined
    const inode = String(stats.ino)
    if (this.#tails.has(inode) || this.#leftOut.get(inode)?.again === false) return inode
    // An empty file is opened once there is something to tell its kind by.
    if (stats.isFile() && stats.size === 0n) return inode
    let file: OpenFile
    try {
      file = await openFile(path, pattern.absolute(path))
    } catch (error) {
      // Renamed since, perhaps: the next scan will tell.
      if (((error as Error).cause as NodeJS.ErrnoException)?.code === 'ENOENT') return undefined
      this.#leaveOut(inode, error as Error, true)
      return inode
    }
    if (file.compression || this.#tails.has(file.inode)) await file.handle.close()
    if (file.compression) {
      const why = 'is compressed, and a compressed file cannot be followed; leave out `follow`'
      this.#leaveOut(file.inode, new Error(`${path}: ${why}`), false)
    } else if (!this.#tails.has(file.inode)) {
      const start = (await progress.recognise(file)) ?? (await this.#start(file, from))
      this.#tails.set(file.inode, new Tail(file, start, this.#tailSettings))
    }
    return file.inode
  }

  /** One file of many is left out; one that is named alone is an error. */
  #leaveOut(inode: string, error: Error, again: boolean): void {
    if (!this.#settings.pattern.isGlob) throw error
    if (!this.#leftOut.has(inode)) this.#settings.log.warn(`left out: ${error.message}`)
    this.#leftOut.set(inode, { again })
  }

  async #start({ path, handle, size }: OpenFile, from: 'start' | 'end'): Promise<FileProgress> {
    if (from === 'start') return { path, offset: 0, head: NO_HEAD, settled: null }
    const offset = await lastLineStart(handle, size, this.#settings.maxRecordBytes)
    return { path, offset, head: await headOf(handle), settled: null }
  }

  /** Finds files that were rotated away while nothing ran, so that what they still held is read, and first. */
  async #resumeRotated(): Promise<void> {
    const { pattern, progress, log } = this.#settings
    if (this.#tails.size === 0) return
    const rotated = new Map<string, Tail>()
    for (const [inode, known] of Object.entries(progress.files)) {
      if (this.#tails.has(inode)) continue
      const file = await findRotated(pattern.absolute(known.path), inode, known)
      if (file) {
        const tail = new Tail(file, known, this.#tailSettings)
        tail.goneSince = performance.now()
        rotated.set(inode, tail)
      } else {
        progress.forget(inode)
        const { path, offset } = known
        log.warn('the file is gone: what it held beyond this offset is not read', { path, offset })
      }
    }
    this.#tails = new Map([...rotated, ...this.#tails])
  }

  #report(isThere: boolean): void {
    const { sink, pattern } = this.#settings
    const state = isThere ? 'up' : 'down'
    if (state === this.#state) return
    this.#state = state
    if (isThere) sink.up()
    else sink.down(pattern.isGlob ? `no file matches ${pattern.path}` : `no such file: ${pattern.path}`)
  }
}
