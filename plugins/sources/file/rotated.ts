import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { statOf } from './found-files.ts'
import { identityOf, type OpenFile, openFile } from './open-file.ts'
import { continues, type FileProgress } from './progress.ts'

/**
 * The file that stood at a path and was given another name in the same directory, as logrotate does. Undefined where
 * there is none: it was deleted, moved away or compressed since.
 */
export async function findRotated(
  path: string,
  identity: string,
  known: FileProgress,
): Promise<OpenFile | undefined> {
  const directory = dirname(path)
  const names = await readdir(directory).catch(() => [])
  for (const name of names) {
    const candidate = join(directory, name)
    if (name === basename(path)) continue
    if (identityAt(candidate) !== identity) continue
    const file = await openFile(known.path, candidate).catch(() => undefined)
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
