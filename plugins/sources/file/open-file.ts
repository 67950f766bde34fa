import { constants, fstatSync, readSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type Compression, containerOf, notRead, SIGNATURE_BYTES } from 'mood-exporter/plugin'
import { explainFileError } from './found-files.ts'

const LF = Buffer.of(10)

/** Line ends of encodings in which they are not one byte. */
const LINE_ENDS: Readonly<Record<string, Buffer>> = {
  'utf-16le': Buffer.of(10, 0),
  'utf-16be': Buffer.of(0, 10),
}

/** Bytes at the start of a file that tell it from another. */
export const HEAD_BYTES = 1024

/** The first bytes of a file, by their number and their checksum. */
export interface Head {
  bytes: number
  crc: number
}

export const NO_HEAD: Head = { bytes: 0, crc: 0 }

/** A file opened for reading. */
export interface OpenFile {
  /** As the user knows it: relative to the configuration's folder where the option is. */
  readonly path: string
  readonly handle: FileHandle
  /** Device and inode: what the file stays known by when it is renamed. */
  readonly identity: string
  /** Bytes it held when it was opened. */
  readonly size: number
  /** Another one after every change, as far as size and modification time tell. */
  readonly version: string
  readonly compression: Compression | undefined
  /** Its first bytes, as far as they tell what it is. */
  readonly start: Buffer
}

/** What a file stays known by when it is renamed. A string, since both may be larger than a number holds exactly. */
export const identityOf = ({ dev, ino }: { dev: bigint; ino: bigint }): string => `${dev}:${ino}`

/** @throws Error that names the path and says what is wrong with it */
export async function openFile(path: string, absolute: string): Promise<OpenFile> {
  let handle: FileHandle | undefined
  try {
    // To open a pipe would wait for its writer, in one of the few threads that all I/O of the process shares.
    handle = await open(absolute, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await handle.stat({ bigint: true })
    if (stats.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR', syscall: 'open' })
    if (!stats.isFile())
      throw new Error(`${path}: is not a regular file (for a pipe there is the source \`stdin\`)`)
    const start = await firstBytes(handle, SIGNATURE_BYTES)
    const container = containerOf(start)
    if (container && !container.compression)
      throw new Error(`${path}: ${notRead(container, path)}, or pipe that into the source \`stdin\``)
    return {
      path,
      handle,
      identity: identityOf(stats),
      size: Number(stats.size),
      version: `${stats.size}@${stats.mtimeNs}`,
      compression: container?.compression,
      start,
    }
  } catch (error) {
    await handle?.close()
    throw explainFileError(path, error)
  }
}

/** How many bytes a file holds now, and when it was last written. */
export const statNow = ({ fd }: FileHandle): Pick<Stats, 'size' | 'mtimeMs'> => fstatSync(fd)

/** The same as {@link hasHead}, at once: for files that are looked at again and again. */
export function hasHeadNow({ fd }: FileHandle, { bytes, crc }: Head): boolean {
  if (bytes === 0) return true
  const start = Buffer.allocUnsafe(bytes)
  const read = readSync(fd, start, 0, bytes, 0)
  return read === bytes && crc32(start) === crc
}

/**
 * The file's bytes from an offset to its end, read at once: of a file that has grown by a few lines there is nothing to
 * wait for.
 *
 * @param buffer what to read into: a chunk is good until the next is asked for
 */
export async function* readNow({ fd }: FileHandle, offset: number, buffer: Buffer): AsyncGenerator<Buffer> {
  for (let at = offset; ; ) {
    const bytes = readSync(fd, buffer, 0, buffer.length, at)
    if (bytes === 0) return
    at += bytes
    yield buffer.subarray(0, bytes)
    if (bytes < buffer.length) return
  }
}

/** The first bytes of the file: this number, or all of a shorter file. */
export async function firstBytes(handle: FileHandle, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0)
  return buffer.subarray(0, bytesRead)
}

/** The head of the file, of at most this number of bytes. */
export async function headOf(handle: FileHandle, bytes = HEAD_BYTES): Promise<Head> {
  const start = await firstBytes(handle, Math.min(bytes, HEAD_BYTES))
  return { bytes: start.length, crc: crc32(start) }
}

/** The head together with what a chunk, read from an offset, adds to it. */
export function headWith(head: Head, chunk: Buffer, offset: number): Head {
  const added = chunk.subarray(Math.max(0, head.bytes - offset), Math.max(0, HEAD_BYTES - offset))
  if (offset > head.bytes || added.length === 0) return head
  return { bytes: head.bytes + added.length, crc: crc32(added, head.crc) }
}

/** Whether the file still begins as it did. */
export async function hasHead(handle: FileHandle, head: Head): Promise<boolean> {
  const { bytes, crc } = await headOf(handle, head.bytes)
  return bytes === head.bytes && crc === head.crc
}

/**
 * Where the last line begins: after the last line end, so at the file's very end where that is one. A line of which
 * more than `maxBytes` are there counts as ended.
 *
 * @param encoding by its name in the Encoding Standard
 */
export async function lastLineStart(
  handle: FileHandle,
  size: number,
  maxBytes: number,
  encoding: string,
): Promise<number> {
  const lineEnd = LINE_ENDS[encoding] ?? LF
  const from = Math.max(0, size - maxBytes)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from)
  const bytes = buffer.subarray(0, bytesRead)
  let at = bytes.lastIndexOf(lineEnd)
  // Half of one character and half of another are no line end.
  while (at >= 0 && (from + at) % lineEnd.length !== 0)
    at = at === 0 ? -1 : bytes.lastIndexOf(lineEnd, at - 1)
  if (at >= 0) return from + at + lineEnd.length
  return from === 0 ? 0 : size
}

/**
 * The file's bytes from an offset to its end, whatever it has grown to by then.
 *
 * @param buffer what to read into: a chunk is good until the next is asked for
 */
export async function* readFrom(handle: FileHandle, offset: number, buffer: Buffer): AsyncGenerator<Buffer> {
  for (let at = offset; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
