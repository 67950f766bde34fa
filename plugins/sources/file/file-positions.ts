import { type Position, z } from 'mood-exporter/plugin'
import { HEAD_BYTES, type Head, hasHead, type OpenFile } from './open-file.ts'

const fileSchema = z.object({
  path: z.string(),
  offset: z.number(),
  head: z.object({ bytes: z.number(), crc: z.number() }),
  settled: z.string().nullable(),
})

/** The partition whose position records that there was a first start, for the option `from`. */
export const STARTED = ''

/** The position in one file, which is the position of its partition. */
export interface FilePosition {
  path: string
  /** The offset after the last whole record, in bytes of text (decompressed, if the file is compressed). */
  offset: number
  head: Head
  /** The version of a finished or damaged file, of which nothing more is read; null for other files. */
  settled: string | null
}

export const asPosition = (file: FilePosition): Position => ({ ...file, head: { ...file.head } })

/**
 * The positions in all files, by identity: a file is a partition, named by its device and inode. A file is recognised
 * by these and its first bytes or, as some file systems change inodes, by its path and all of its first KiB.
 */
export class FilePositions {
  readonly #files = new Map<string, FilePosition>()
  /** Identities by path, to recognise a file quickly. */
  readonly #byPath = new Map<string, Set<string>>()

  /** @throws Error if a position is not valid for this source */
  constructor(positions: ReadonlyMap<string, Position>) {
    for (const [identity, position] of positions) {
      if (identity === STARTED) continue
      const parsed = fileSchema.safeParse(position)
      if (!parsed.success)
        throw new Error(
          `the stored position of ${identity} is not one of this source: ${JSON.stringify(position)}`,
        )
      this.set(identity, parsed.data)
    }
  }

  get files(): ReadonlyMap<string, FilePosition> {
    return this.#files
  }

  set(identity: string, file: FilePosition): void {
    const known = this.#files.get(identity)
    this.#files.set(identity, file)
    if (known?.path === file.path) return
    if (known) this.#leave(identity, known.path)
    const there = this.#byPath.get(file.path)
    if (there) there.add(identity)
    else this.#byPath.set(file.path, new Set([identity]))
  }

  forget(identity: string): void {
    const known = this.#files.get(identity)
    this.#files.delete(identity)
    if (known) this.#leave(identity, known.path)
  }

  #leave(identity: string, path: string): void {
    const there = this.#byPath.get(path)
    there?.delete(identity)
    if (there?.size === 0) this.#byPath.delete(path)
  }

  /**
   * The known position for a file that was just opened; undefined for a new file, or one that was truncated since.
   */
  async recognise(file: OpenFile): Promise<{ known: FilePosition; formerIdentity?: string } | undefined> {
    const same = this.#files.get(file.identity)
    if (same && (await continues(file, same))) return { known: same }
    for (const identity of [...(this.#byPath.get(file.path) ?? [])]) {
      const other = this.#files.get(identity)
      if (!other || identity === file.identity || other.head.bytes < HEAD_BYTES) continue
      if (!(await continues(file, other))) continue
      this.forget(identity)
      this.set(file.identity, other)
      return { known: other, formerIdentity: identity }
    }
    return undefined
  }
}

/** Whether a file contains what was read of it, and perhaps more. */
export async function continues(
  { handle, size, compression }: OpenFile,
  known: FilePosition,
): Promise<boolean> {
  // The offset into a compressed file counts decompressed text.
  return (compression !== undefined || size >= known.offset) && (await hasHead(handle, known.head))
}
