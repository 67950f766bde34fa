import { type Emitter, orAborted } from 'mood-exporter/plugin'
import { asPosition, type FileProgress } from './progress.ts'

/**
 * Moves the position of a file to its new identity. The former one is forgotten only once the other is committed: a
 * restart in between has to find one of them, or it would read the file again.
 */
export async function moveIdentity(
  emitter: Emitter,
  signal: AbortSignal,
  former: string,
  identity: string,
  file: FileProgress,
): Promise<void> {
  await orAborted(emitter.write([], { partition: identity, position: asPosition(file) }), signal)
  // It is closed once all of it is committed, and open again with the next record.
  void emitter.close(identity).then(() => emitter.close(former, { forget: true }))
}
