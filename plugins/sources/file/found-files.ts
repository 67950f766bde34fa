import { type BigIntStats, statSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { resolve } from 'node:path'

const GLOB_CHARACTERS = /[*?[\]{}]/

/** Explains the error codes of the system, with the path first. Other errors are unchanged. */
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
 * The stat of a path; undefined if nothing is there. Synchronous: for thousands of files that are checked repeatedly,
 * the I/O threads would take a hundred times as long.
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

/** The paths that one `path` option matches. */
export class FilePattern {
  readonly path: string
  readonly baseDir: string
  /** False if the pattern is the name of an existing file. */
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

  /** Converts a path from `find` to one that can be opened. */
  absolute(path: string): string {
    return resolve(this.baseDir, path)
  }

  /**
   * Paths of the matching files, sorted by name (UTF-16 code units). A pattern that is not a glob always gives its
   * path, even if there is no file. Directories and special files are left out.
   */
  async find(): Promise<string[]> {
    if (!this.isGlob) return [this.path]
    const found: string[] = []
    for await (const path of glob(this.path, { cwd: this.baseDir })) {
      if (isThere(this.absolute(path), stats => stats.isFile())) found.push(path)
    }
    return found.sort()
  }

  /** Whether any file matches. */
  async matches(): Promise<boolean> {
    if (!this.isGlob) return isThere(this.absolute(this.path))
    return (await this.find()).length > 0
  }
}
