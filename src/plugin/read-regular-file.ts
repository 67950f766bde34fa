import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/**
 * The bytes of a file such as a certificate or a model. Pipes and devices are rejected: a read would wait for a
 * writer, and block one of the few threads for the I/O of the process, or a thread that then cannot be ended.
 *
 * @throws Error of the system, or one that says that the path is a pipe, a device or a folder
 */
export function readRegularFile(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(file).isFile())
      throw Object.assign(new Error(`${path} is not a regular file`), { code: 'not a regular file' })
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}
