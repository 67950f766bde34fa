import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { quote } from './problem.ts'

/** Far more than any key or token. */
const MAX_BYTES = 64 * 1024

/**
 * The secret in a file, without white space around it.
 *
 * @param name a path relative to `baseDir`
 */
export function readSecretFile(name: unknown, baseDir: string): { secret: string } | { error: string } {
  if (typeof name !== 'string' || name === '')
    return { error: 'expected the path of a file that holds the secret' }
  try {
    const path = resolve(baseDir, name)
    const file = statSync(path)
    if (!file.isFile()) return { error: `expected a file, got something else at ${quote(name)}` }
    if (file.size > MAX_BYTES)
      return { error: `expected a file of at most 64KiB, got ${file.size} bytes in ${quote(name)}` }
    const secret = readFileSync(path, 'utf8').trim()
    return secret === '' ? { error: `expected a secret, got an empty file ${quote(name)}` } : { secret }
  } catch (error) {
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
