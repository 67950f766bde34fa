import { setPriority } from 'node:os'

/**
 * Lets the main thread go first: with every core busy with posts, a scrape is still answered at once. Linux keeps the
 * priority of each thread apart; elsewhere it would be the whole process that steps back, so nothing is done there.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, 10)
  } catch {
    // A sandbox may forbid it: then scrapes wait their turn.
  }
}
