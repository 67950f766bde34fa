import { quote } from './problem.ts'
import { readTextFile } from './text-file.ts'

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
