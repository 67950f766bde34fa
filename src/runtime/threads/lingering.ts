import type { Worker } from 'node:worker_threads'

const ending = new Set<Worker>()

/**
 * Ends a thread. Resolves once it is gone, which may be never: a thread in a system call, for example waiting for a
 * child process, cannot be interrupted.
 */
export async function ended(thread: Worker): Promise<void> {
  ending.add(thread)
  await thread.terminate()
  ending.delete(thread)
}

/** The number of ended threads that are not gone. The process would wait for them at its exit. */
export const lingering = (): number => ending.size
