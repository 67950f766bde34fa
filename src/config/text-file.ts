import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { quote } from './problem.ts'

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
