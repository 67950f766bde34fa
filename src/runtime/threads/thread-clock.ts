import { readFileSync, readlinkSync } from 'node:fs'

/** The kernel's unit of a thread's processor time, in milliseconds: `USER_HZ` is 100 on every architecture. */
const CLOCK_TICK_MS = 10

/** How many times slower than the wall clock it runs while the thread gets no processor, so that every wait ends. */
const SLOWEST = 32

/** Linux's id of this thread; 0 if that is not known. */
export function threadNumber(): number {
  try {
    return Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** The state of a thread, and the processor time that it has used, in milliseconds. */
export interface ThreadTimes {
  /** Whether it runs, or waits only for a processor. */
  isRunnable: boolean
  processorMs: number
}

/** Reads them for a thread of this process, on Linux; null if they are not known. */
export function threadTimes(thread: number): ThreadTimes | null {
  if (thread === 0) return null
  try {
    // The second field is the name of the thread in brackets, which may contain anything (man 5 proc_pid_stat).
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      isRunnable: fields[0] === 'R',
      processorMs: (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS,
    }
  } catch {
    return null
  }
}

/**
 * The time of a thread for its watchdog: processor time while it is runnable, and the wall clock while it waits for
 * anything else. So a thread that gets no processor hardly ages, but one that hangs does, in a loop or in a system
 * call. If the system does not say, it is the wall clock.
 */
export class ThreadClock {
  readonly #thread: () => number
  readonly #times: (thread: number) => ThreadTimes | null
  #lastMs: number | null = null

  /** @param thread the id of the thread, once it is known */
  constructor(thread: () => number, times = threadTimes) {
    this.#thread = thread
    this.#times = times
  }

  /** Milliseconds of its own time in the last `gap` milliseconds of the wall clock. */
  look(gap: number): number {
    const times = this.#times(this.#thread())
    const before = this.#lastMs
    this.#lastMs = times?.processorMs ?? null
    if (!times?.isRunnable) return gap
    const processorMs = before === null ? 0 : times.processorMs - before
    return Math.min(gap, Math.max(gap / SLOWEST, processorMs))
  }

  /** The thread did something: restarts from its current processor time. */
  restart(): void {
    this.#lastMs = null
  }
}
