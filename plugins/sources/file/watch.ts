import { type FSWatcher, watch } from 'node:fs'

/**
 * Wakes a reader early when something changes in a directory. Only a hint: network file systems send no events, and
 * the system's watches may be exhausted, so a caller must also poll.
 */
export class DirectoryWatch {
  readonly #watchers = new Map<string, FSWatcher>()
  #wake: (() => void) | undefined
  #changed = false

  add(directory: string): void {
    if (this.#watchers.has(directory)) return
    try {
      const watcher = watch(directory, () => this.#change())
      watcher.on('error', () => this.#remove(directory))
      this.#watchers.set(directory, watcher)
    } catch {
      // The directory does not exist, or no watch is available: polling works nevertheless.
    }
  }

  /** Resolves on a change since the last wait, after this number of milliseconds, or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        this.#wake = undefined
        this.#changed = false
        resolve()
      }
      const timer = setTimeout(wake, ms)
      signal.addEventListener('abort', wake, { once: true })
      this.#wake = wake
      if (this.#changed || signal.aborted) wake()
    })
  }

  close(): void {
    for (const directory of [...this.#watchers.keys()]) this.#remove(directory)
  }

  #change(): void {
    this.#changed = true
    this.#wake?.()
  }

  #remove(directory: string): void {
    this.#watchers.get(directory)?.close()
    this.#watchers.delete(directory)
  }
}
