import { setPriority } from 'node:os'

/**
 * Lowers the priority of this thread, so that the main thread answers a scrape even with every core busy. Only on
 * Linux, where each thread has its own priority; elsewhere it would affect the whole process.
 */
export function giveWay(
  platform: string = process.platform,
  lower: (thread: number, priority: number) => void = setPriority,
): void {
  if (platform !== 'linux') return
  try {
    lower(0, 10)
  } catch {
    // A sandbox may forbid it: then scrapes have to wait.
  }
}
