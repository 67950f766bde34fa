import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/**
 * The bytes of a file such as a certificate or a model. To read a pipe would wait for its writer, in one of the few threads
 * that all I/O of the process shares, or in a thread that then cannot be ended.
 *
 * @throws Error of the system, or one that says that there is a pipe, a device or a folder
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
