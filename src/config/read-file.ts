import { constants, readFileSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { quote } from './problem.ts'

/** How often an empty pipe is read, in milliseconds. */
const LOOK_MS = 20

/**
 * Reads a file, or a pipe to its end, up to one byte more than `maxBytes`. It is opened without blocking: a blocking
 * read of a pipe would occupy one of the process's few I/O threads until its writer ends.
 *
 * @param ms how long a pipe may take to end, in milliseconds
 * @throws Error of the system, or one that says that the pipe has not ended
 */
export async function readWhole(path: string, maxBytes: number, ms: number): Promise<Buffer> {
  const deadline = performance.now() + ms
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const isFile = (await file.stat()).isFile()
    const chunks: Buffer[] = []
    let total = 0
    while (total <= maxBytes) {
      const chunk = Buffer.allocUnsafe(Math.min(maxBytes + 1 - total, 65_536))
      const bytes = await file.read(chunk, 0, chunk.length).then(
        ({ bytesRead }) => bytesRead,
        (error: NodeJS.ErrnoException) => (error.code === 'EAGAIN' ? null : Promise.reject(error)),
      )
      if (bytes === 0) break
      if (bytes !== null) {
        chunks.push(chunk.subarray(0, bytes))
        total += bytes
      } else if (performance.now() > deadline)
        throw new Error(`it is a pipe that did not end within ${ms / 1000} s`)
      else await sleep(LOOK_MS)
    }
    if (total === 0 && !isFile) throw new Error('not a file, and nothing was written to it')
    return Buffer.concat(chunks, total)
  } finally {
    await file.close()
  }
}

/** Far more than any key, token or text of a report. */
const MAX_BYTES = 64 * 1024

/**
 * The text of a file.
 *
 * @param name a path relative to `baseDir`
 */
export function readTextFile(name: string, baseDir: string): { text: string } | { error: string } {
  try {
    const path = resolve(baseDir, name)
    const file = statSync(path)
    if (!file.isFile()) return { error: `expected a file, got something else at ${quote(name)}` }
    if (file.size > MAX_BYTES)
      return { error: `expected a file of at most 64KiB, got ${file.size} bytes in ${quote(name)}` }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) }
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return { error: `${quote(name)} is not valid UTF-8` }
    return { error: `cannot read ${quote(name)}: ${reason(error)}` }
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'its name contains a NUL character',
}

/** Why a file could not be read, in words. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return REASONS[code ?? ''] ?? message
}

/**
 * The secret in a file, without surrounding white space.
 *
 * @param name a path relative to `baseDir`
 */
export function readSecretFile(name: unknown, baseDir: string): { secret: string } | { error: string } {
  if (typeof name !== 'string' || name === '')
    return { error: 'expected the path of a file that holds the secret' }
  const read = readTextFile(name, baseDir)
  if ('error' in read) return read
  const secret = read.text.trim()
  return secret === '' ? { error: `expected a secret, got an empty file ${quote(name)}` } : { secret }
}
