import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { statOf } from './found-files.ts'
import { type OpenFile, openFile } from './open-file.ts'
import { type FileProgress, goesOn } from './progress.ts'

/**
 * The file that stood at a path and was given another name in the same directory, as logrotate does. Undefined where
 * there is none: it was deleted, moved away or compressed since.
 */
export async function findRotated(
  path: string,
  inode: string,
  known: FileProgress,
): Promise<OpenFile | undefined> {
  const directory = dirname(path)
  const names = await readdir(directory).catch(() => [])
  for (const name of names) {
    const candidate = join(directory, name)
    if (name === basename(path) || String((await statOf(candidate).catch(() => undefined))?.ino) !== inode)
      continue
    const file = await openFile(known.path, candidate).catch(() => undefined)
    if (file && !file.compression && (await goesOn(file, known))) return file
    await file?.handle.close()
  }
  return undefined
}
