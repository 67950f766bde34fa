import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Creates a directory and its missing parents. Unlike a recursive `mkdir` of Node.js, it fails where the system creates
 * none: below /proc, Node.js retries forever.
 * @param mode of each directory that it creates
 * @throws an error of the system if there is a file at the path, or no directory can be created
 */
export function makeDirectory(path: string, mode = 0o777): void {
  if (isDirectory(path)) return
  const parent = dirname(path)
  if (!existsSync(parent)) makeDirectory(parent, mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have created it in the meantime.
    if (!isDirectory(path)) throw error
  }
}

/** Why a directory could not be created or written to, for a person to act on. */
export function directoryProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return 'it is a file; name a folder'
  if (code === 'ENOTDIR') return 'a part of its path is a file; name a folder'
  return message
}

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
