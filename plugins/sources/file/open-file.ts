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

/** How many bytes at the start of a file identify it. */
export const HEAD_BYTES = 1024

/** The first bytes of a file, as their number and checksum. */
export interface Head {
  bytes: number
  crc: number
}

export const NO_HEAD: Head = { bytes: 0, crc: 0 }

/** A file opened for reading. */
export interface OpenFile {
  /** The path as the user knows it: relative to the configuration's folder if the option is. */
  readonly path: string
  readonly handle: FileHandle
  /** Device and inode, which stay the same when the file is renamed. */
  readonly identity: string
  /** Its size when it was opened. */
  readonly size: number
  /** Changes with every modification, as far as size and modification time show. */
  readonly version: string
  readonly compression: Compression | undefined
  /** The first bytes, as many as identify its type. */
  readonly start: Buffer
}

/** The identity of a file, which survives renaming. A string, since both numbers may exceed the safe integers. */
export const identityOf = ({ dev, ino }: { dev: bigint; ino: bigint }): string => `${dev}:${ino}`

/** @throws Error with the path and the problem */
export async function openFile(path: string, absolute: string): Promise<OpenFile> {
  let handle: FileHandle | undefined
  try {
    // Opening a pipe would wait for its writer, in one of the few threads for the I/O of the process.
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

/** The current size of a file, and when it was last written. */
export const statNow = ({ fd }: FileHandle): Pick<Stats, 'size' | 'mtimeMs'> => fstatSync(fd)

/** Like {@link hasHead}, but synchronous: for files that are checked repeatedly. */
export function hasHeadNow({ fd }: FileHandle, { bytes, crc }: Head): boolean {
  if (bytes === 0) return true
  const start = Buffer.allocUnsafe(bytes)
  const read = readSync(fd, start, 0, bytes, 0)
  return read === bytes && crc32(start) === crc
}

/**
 * The bytes of a file from an offset to its end, read synchronously: reading a few new lines does not block.
 *
 * @param buffer memory to read into: a chunk is valid until the next is requested
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

/** Extends the head by a chunk that was read from an offset. */
export function headWith(head: Head, chunk: Buffer, offset: number): Head {
  const added = chunk.subarray(Math.max(0, head.bytes - offset), Math.max(0, HEAD_BYTES - offset))
  if (offset > head.bytes || added.length === 0) return head
  return { bytes: head.bytes + added.length, crc: crc32(added, head.crc) }
}

/** Whether the beginning of the file is unchanged. */
export async function hasHead(handle: FileHandle, head: Head): Promise<boolean> {
  const { bytes, crc } = await headOf(handle, head.bytes)
  return bytes === head.bytes && crc === head.crc
}

/**
 * The start of the last line, which is the end of the file if it ends with a line end. A line with more than
 * `maxBytes` so far counts as ended.
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
  // Halves of two characters are not a line end.
  while (at >= 0 && (from + at) % lineEnd.length !== 0)
    at = at === 0 ? -1 : bytes.lastIndexOf(lineEnd, at - 1)
  if (at >= 0) return from + at + lineEnd.length
  return from === 0 ? 0 : size
}

/**
 * The bytes of a file from an offset to its end, including what is appended meanwhile.
 *
 * @param buffer memory to read into: a chunk is valid until the next is requested
 */
export async function* readFrom(handle: FileHandle, offset: number, buffer: Buffer): AsyncGenerator<Buffer> {
  for (let at = offset; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
