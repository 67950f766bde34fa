import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Emitter, orAborted } from 'mood-exporter/plugin'
import { asPosition, continues, type FilePosition } from './file-positions.ts'
import { statOf } from './found-files.ts'
import { identityOf, type OpenFile, openFile } from './open-file.ts'

/**
 * Moves the position of a file to its new identity. The old position is removed only after the new one is committed:
 * after a restart in between, one of them must exist, or the file would be read again.
 */
export async function moveIdentity(
  emitter: Emitter,
  signal: AbortSignal,
  former: string,
  identity: string,
  file: FilePosition,
): Promise<void> {
  await orAborted(emitter.write([], { partition: identity, position: asPosition(file) }), signal)
  // It is closed when all of it is committed, and opened again with the next record.
  void emitter.close(identity).then(() => emitter.close(former, { forget: true }))
}

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
