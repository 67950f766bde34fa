import { readFileSync, readlinkSync } from 'node:fs'

/** What the kernel counts a thread's processor time in, in milliseconds: `USER_HZ` is 100 on every architecture. */
const CLOCK_TICK_MS = 10

/** How much slower than the clock a thread's time runs while it gets no processor at all: every wait ends. */
const SLOWEST = 32

/** Number of this thread in the process, as Linux has it; 0 where that is not known. */
export function threadNumber(): number {
  try {
    return Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** What a thread is at, and the processor time that it has had, in milliseconds. */
export interface ThreadTimes {
  /** Whether it runs, or would if a processor were free. */
  isRunnable: boolean
  processorMs: number
}

/** Reads them of a thread of this process, on Linux; null where they are not known. */
export function threadTimes(thread: number): ThreadTimes | null {
  if (thread === 0) return null
  try {
    // The second field is the thread's name, in brackets, and may hold anything (man 5 proc_pid_stat).
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
 * The time of a thread as its watchdog counts it: while it is runnable what it had of a processor, and the wall clock
 * while it waits for anything else. So a thread that gets no processor hardly grows older, and one that is stuck does,
 * in a loop or in a system call. Where the system does not say, it is the wall clock.
 */
export class ThreadClock {
  readonly #thread: () => number
  readonly #times: (thread: number) => ThreadTimes | null
  #lastMs: number | null = null

  /** @param thread its number, once it is known */
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

  /** It moved: what it has had of a processor so far does not count. */
  restart(): void {
    this.#lastMs = null
  }
}
