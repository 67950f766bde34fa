import { statSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * Identifies the content of the files that options name by keys such as `token_file`: the text changes when one of
 * them is replaced or written, although the options are the same.
 */
export function fileStamps(options: unknown, baseDir: string): string {
  const stamps: string[] = []
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value))
      if (key.endsWith('_file') && typeof inner === 'string') stamps.push(stampOf(resolve(baseDir, inner)))
      else look(inner)
  }
  look(options)
  return stamps.join(' ')
}

function stampOf(path: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true })
    return `${ino}:${size}:${mtimeNs}`
  } catch {
    return 'absent'
  }
}
