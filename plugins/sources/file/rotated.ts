import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { continues, type FilePosition } from './file-positions.ts'
import { statOf } from './found-files.ts'
import { identityOf, type OpenFile, openFile } from './open-file.ts'

/**
 * Finds a file that was renamed within its directory, as logrotate does. Undefined if it was deleted, moved to another
 * directory or compressed.
 */
export async function findRotated(
  path: string,
  identity: string,
  known: FilePosition,
): Promise<OpenFile | undefined> {
  const directory = dirname(path)
  const names = await readdir(directory).catch(() => [])
  for (const name of names) {
    const renamed = join(directory, name)
    if (name === basename(path)) continue
    if (identityAt(renamed) !== identity) continue
    const file = await openFile(known.path, renamed).catch(() => undefined)
    if (file && !file.compression && (await continues(file, known))) return file
    await file?.handle.close()
  }
  return undefined
}

function identityAt(path: string): string | undefined {
  try {
    const stats = statOf(path)
    return stats && identityOf(stats)
  } catch {
    return undefined
  }
}
