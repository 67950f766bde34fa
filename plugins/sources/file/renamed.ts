import { type Emitter, orAborted } from 'mood-exporter/plugin'
import { asPosition, type FilePosition } from './file-positions.ts'

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
