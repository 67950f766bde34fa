import { type BigIntStats, statSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { resolve } from 'node:path'

const GLOB_CHARACTERS = /[*?[\]{}]/

/** Says in words what the system's code means; the path comes first. Other errors stay as they are. */
export function explainFileError(path: string, error: unknown): Error {
  const { code, message, syscall } = error as NodeJS.ErrnoException
  if (syscall === undefined) return error as Error
  const said: Record<string, string> = {
    ENOENT: 'no such file',
    ENOTDIR: 'no such file: a part of the path is not a directory',
    EACCES: 'permission denied: the exporter may not read it',
    EPERM: 'permission denied: the exporter may not read it',
    EISDIR: `is a directory: give its files, such as "${path}/*.jsonl"`,
    EMFILE: 'too many open files: raise the limit (ulimit -n) or follow fewer',
  }
  return new Error(`${path}: ${said[code ?? ''] ?? message}`, { cause: error })
}

/**
 * What is at a path; undefined where nothing is. Synchronous: of thousands of files that are looked at again and
 * again, each would take a hundred times as long by way of the threads that do I/O.
 */
export function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

function isThere(path: string, is: (stats: BigIntStats) => boolean = () => true): boolean {
  try {
    const stats = statOf(path)
    return stats !== undefined && is(stats)
  } catch {
    return false
  }
}

/** The paths that one `path` option means. */
export class FilePattern {
  readonly path: string
  readonly baseDir: string
  /** False once the pattern is known to be the very name of a file. */
  readonly isGlob: boolean

  constructor(path: string, baseDir: string, isGlob: boolean) {
    this.path = path
    this.baseDir = baseDir
    this.isGlob = isGlob
  }

  /** A path that names an existing file is taken literally, whatever characters are in it. */
  static of(path: string, baseDir: string): FilePattern {
    return new FilePattern(path, baseDir, !isThere(resolve(baseDir, path)) && GLOB_CHARACTERS.test(path))
  }

  /** From a path as `find` gives it to one to open. */
  absolute(path: string): string {
    return resolve(this.baseDir, path)
  }

  /**
   * Paths of the files there are, in the order of their names (by UTF-16 code units). One that is no glob is there
   * whether it exists or not. Directories and special files that a glob finds are left out.
   */
  async find(): Promise<string[]> {
    if (!this.isGlob) return [this.path]
    const found: string[] = []
    for await (const path of glob(this.path, { cwd: this.baseDir })) {
      if (isThere(this.absolute(path), stats => stats.isFile())) found.push(path)
    }
    return found.sort()
  }

  /** Whether there is a file. */
  async matches(): Promise<boolean> {
    if (!this.isGlob) return isThere(this.absolute(this.path))
    return (await this.find()).length > 0
  }
}
