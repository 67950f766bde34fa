import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { crc32, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { ZstdFrames } from '../../../src/plugin/text/zstd-frames.ts'
import type { Place } from './store.ts'

const LF = 10
const HEAD_BYTES = 1024

/** The maximum number of bytes to read of one file at once. */
const MOST_BYTES = 256 * 1024

export interface SourceConfig {
  name: string
  /** A path, or one that ends in `*` for several files. */
  path: string
  follow?: boolean
  dedupe?: boolean
  /** Lines a second. */
  rate?: number
}

/** Reads the files of one source from its positions. */
export class Reader {
  readonly #config: SourceConfig
  readonly #directory: string
  readonly #places: Record<string, Place>
  /** For files that are not followed: those that existed at the start. */
  readonly #atStart: readonly string[] | undefined

  constructor(config: SourceConfig, baseDir: string, places: Record<string, Place>) {
    this.#config = config
    this.#directory = dirname(resolve(baseDir, config.path))
    this.#places = places
    if (!config.follow) this.#atStart = this.#found()
  }

  /** Reads up to a limit, and advances the positions. @param ms since the last turn */
  turn(ms: number, line: (bytes: Buffer) => void): void {
    let left = this.#config.rate ? Math.ceil((this.#config.rate * ms) / 1000) : Number.POSITIVE_INFINITY
    for (const path of this.#atStart ?? this.#found()) left -= this.#read(path, left, line)
  }

  /** Paths of the files to read; a rotated file is identified by its inode. */
  #found(): string[] {
    const pattern = basename(this.#config.path)
    const matches = (name: string) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
    return readdirSync(this.#directory)
      .sort()
      .map(name => join(this.#directory, name))
      .filter(path => matches(basename(path)) || this.#isKnown(path))
  }

  #isKnown(path: string): boolean {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats?.isFile() === true && String(stats.ino) in this.#places
  }

  /** Returns the number of lines. */
  #read(path: string, most: number, line: (bytes: Buffer) => void): number {
    if (most <= 0) return 0
    let fd: number
    try {
      fd = openSync(path, 'r')
    } catch {
      // Renamed or deleted meanwhile.
      return 0
    }
    try {
      const inode = String(fstatSync(fd).ino)
      const known = this.#places[inode]
      const place = known && hasHead(fd, known) ? known : { offset: 0, headBytes: 0, headSum: 0 }
      const text = textOf(fd, place.offset)
      let lines = 0
      let start = 0
      for (let end = text.indexOf(LF); end >= 0 && lines < most; end = text.indexOf(LF, start)) {
        line(text.subarray(start, end))
        start = end + 1
        lines++
      }
      // A compressed file is identified by its beginning as a whole; a growing one by what was read of it.
      const isCompressed = compressed(head(fd, 4)) !== undefined
      const headBytes = Math.min(HEAD_BYTES, isCompressed ? HEAD_BYTES : place.offset + start)
      const bytes = head(fd, headBytes)
      if (start > 0)
        this.#places[inode] = {
          offset: place.offset + start,
          headBytes: bytes.length,
          headSum: crc32(bytes),
        }
      return lines
    } finally {
      closeSync(fd)
    }
  }
}

function head(fd: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  return buffer.subarray(0, readSync(fd, buffer, 0, bytes, 0))
}

function hasHead(fd: number, { headBytes, headSum }: Place): boolean {
  const bytes = head(fd, headBytes)
  return bytes.length === headBytes && crc32(bytes) === headSum
}

function compressed(start: Buffer): ((data: Buffer) => Buffer) | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return gunzipSync
  return start[0] === 0x28 && start[1] === 0xb5 ? unzstd : undefined
}

/** Node.js stops at the end of a frame without an error. */
const unzstd = (data: Buffer) =>
  Buffer.concat(new ZstdFrames().cut(data).map(frame => zstdDecompressSync(frame)))

function textOf(fd: number, offset: number): Buffer {
  const decompress = compressed(head(fd, 4))
  if (decompress) {
    const { size } = fstatSync(fd)
    return decompress(head(fd, size)).subarray(offset)
  }
  const buffer = Buffer.alloc(MOST_BYTES)
  return buffer.subarray(0, readSync(fd, buffer, 0, MOST_BYTES, offset))
}
