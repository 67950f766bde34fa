import { type Position, z } from 'mood-exporter/plugin'
import { HEAD_BYTES, type Head, hasHead, type OpenFile } from './open-file.ts'

const fileSchema = z.object({
  path: z.string(),
  offset: z.number(),
  head: z.object({ bytes: z.number(), crc: z.number() }),
  settled: z.string().nullable(),
})

const positionSchema = z.object({ files: z.record(z.string(), fileSchema) })

/** How far one file has been read. */
export interface FileProgress {
  path: string
  /** Bytes of text (decompressed, where the file is) that whole records were read of. */
  offset: number
  head: Head
  /** The version from which nothing more is to be got, be it read or damaged; null while there is. */
  settled: string | null
}

type Files = Readonly<Record<string, FileProgress>>

const asPosition = (files: Files): Position => ({ files }) as unknown as Position

/**
 * How far each file has been read, by inode: that is the source's position. A file is known again by its inode and
 * first bytes, or, as some file systems change inodes, by its path and all of its first KiB.
 */
export class Progress {
  #files: Files = {}

  /** @throws Error where the position is not one of this source's */
  constructor(position: Position | undefined) {
    if (position === undefined) return
    const parsed = positionSchema.safeParse(position)
    if (!parsed.success)
      throw new Error(`the stored position is none of this source: ${JSON.stringify(position)}`)
    this.#files = parsed.data.files
  }

  get files(): Files {
    return this.#files
  }

  get position(): Position {
    return asPosition(this.#files)
  }

  set(inode: string, file: FileProgress): void {
    this.#files = { ...this.#files, [inode]: file }
  }

  forget(inode: string): void {
    const { [inode]: _, ...rest } = this.#files
    this.#files = rest
  }

  forgetAll(): void {
    this.#files = {}
  }

  /**
   * Positions as a file is read on from a byte offset, to go with a line stream. All other files stand as they do now,
   * whenever the function is called: the sink may do so much later.
   */
  positionsOf(inode: string, file: FileProgress): (bytesCovered: number) => Position {
    const files = this.#files
    return bytesCovered =>
      asPosition({ ...files, [inode]: { ...file, offset: file.offset + bytesCovered, settled: null } })
  }

  /** What is known of a file that was just opened; undefined for a new one, or one that was truncated since. */
  async recognise(file: OpenFile): Promise<FileProgress | undefined> {
    const same = this.#files[file.inode]
    if (same && (await goesOn(file, same))) return same
    for (const [oldInode, other] of Object.entries(this.#files)) {
      if (other.path !== file.path || other.head.bytes < HEAD_BYTES || !(await goesOn(file, other))) continue
      this.forget(oldInode)
      this.set(file.inode, other)
      return other
    }
    return undefined
  }
}

/** Whether a file holds what was read of it, and perhaps more. */
export async function goesOn({ handle, size, compression }: OpenFile, known: FileProgress): Promise<boolean> {
  // The offset into a compressed file counts its text.
  return (compression !== undefined || size >= known.offset) && (await hasHead(handle, known.head))
}
