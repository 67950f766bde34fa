import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

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
