import type { Worker } from 'node:worker_threads'

const ending = new Set<Worker>()

/**
 * Ends a thread. Resolves once it is gone, which may be never: one that waits in a system call, for a child process
 * say, is not interrupted.
 */
export async function ended(thread: Worker): Promise<void> {
  ending.add(thread)
  await thread.terminate()
  ending.delete(thread)
}

/** Threads that were ended and are not gone. The process would wait for them at its exit. */
export const lingering = (): number => ending.size
