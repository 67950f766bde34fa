import { type Position, z } from 'mood-exporter/plugin'
import { HEAD_BYTES, type Head, hasHead, type OpenFile } from './open-file.ts'

const fileSchema = z.object({
  path: z.string(),
  offset: z.number(),
  head: z.object({ bytes: z.number(), crc: z.number() }),
  settled: z.string().nullable(),
})

/** The partition whose position says that there was a first start, of which `from` speaks. */
export const STARTED = ''

/** How far one file has been read: the position of its partition. */
export interface FileProgress {
  path: string
  /** Bytes of text (decompressed, where the file is) that whole records were read of. */
  offset: number
  head: Head
  /** The version from which nothing more is to be read, because it is finished or damaged; null while there is. */
  settled: string | null
}

export const asPosition = (file: FileProgress): Position => ({ ...file, head: { ...file.head } })

/**
 * How far each file has been read, by identity: a file is a partition, named by its device and inode. One is known
 * again by these and its first bytes, or, as some file systems change inodes, by its path and all of its first KiB.
 */
export class Progress {
  readonly #files = new Map<string, FileProgress>()
  /** Identities by path, so that one file is recognised without a look at all others. */
  readonly #byPath = new Map<string, Set<string>>()

  /** @throws Error where a position is not one of this source's */
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

  get files(): ReadonlyMap<string, FileProgress> {
    return this.#files
  }

  set(identity: string, file: FileProgress): void {
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

  /** What is known of a file that was just opened; undefined for a new one, or one that was truncated since. */
  async recognise(file: OpenFile): Promise<{ known: FileProgress; formerIdentity?: string } | undefined> {
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

/** Whether a file holds what was read of it, and perhaps more. */
export async function continues(
  { handle, size, compression }: OpenFile,
  known: FileProgress,
): Promise<boolean> {
  // The offset into a compressed file counts its text.
  return (compression !== undefined || size >= known.offset) && (await hasHead(handle, known.head))
}
