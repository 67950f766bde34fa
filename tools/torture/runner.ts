import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADDRESS, READY_MS, SHUTDOWN_MS } from './contract.ts'

/** How often a condition is checked, in milliseconds. */
const LOOK_MS = 20

/** How long a clean stop may exceed `server.shutdown_timeout` on a busy machine, in milliseconds. */
const STOP_GRACE_MS = 10_000

/** Every running exporter, so that none is left behind. */
const running = new Set<ExporterProcess>()

process.on('exit', killAll)

/** Kills every exporter that this process started. */
export function killAll(): void {
  for (const exporter of running) void exporter.kill()
}

/** Ends the run, because what follows would be meaningless. */
export class Failure extends Error {}

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface RunnerOptions {
  /** The program, a file that Node.js runs. */
  program: string
  folder: string
  /** The name of the configuration file in that folder. */
  config: string
  /** The file that standard error is appended to. */
  log: string
}

/** One process of the exporter. */
export class ExporterProcess {
  readonly startedAt = performance.now()
  readonly ended: Promise<Ended>
  /** Its address, once it serves. */
  url: string | undefined
  /** Whether it received a signal that ends it. */
  isEnding = false
  readonly #child: ChildProcess

  constructor({ program, folder, config, log }: RunnerOptions) {
    const stderr = openSync(log, 'a')
    // MOOD_EXPORTER_RELAYED: the launcher must not start another process, because signals would not reach it.
    const env = { ...process.env, MOOD_EXPORTER_RELAYED: '1' }
    this.#child = spawn(process.execPath, [program, 'run', '--config', config], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', stderr],
    })
    closeSync(stderr)
    const child = this.#child
    running.add(this)
    this.ended = once(child, 'exit').then(([code, signal]) => {
      running.delete(this)
      this.url = undefined
      return { code, signal }
    })
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => {
      if (!this.hasEnded) this.url ??= ADDRESS.exec(line)?.[1]
    })
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Resolves to 'ready', or to how it ended before. @throws Failure after the time limit */
  async ready(ms = READY_MS): Promise<'ready' | Ended> {
    const deadline = performance.now() + ms
    while (!this.hasEnded) {
      if (this.url !== undefined && (await isReady(this.url))) return 'ready'
      if (performance.now() > deadline) throw new Failure(`the exporter was not ready within ${ms / 1000} s`)
      await sleep(LOOK_MS)
    }
    return this.ended
  }

  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGHUP'): void {
    this.#child.kill(signal)
  }

  async kill(): Promise<void> {
    this.isEnding = true
    this.#child.kill('SIGKILL')
    await this.ended
  }

  /** Stops it cleanly. @throws Failure if it does not end with code 0 in time */
  async stop(): Promise<void> {
    this.isEnding = true
    this.#child.kill('SIGTERM')
    const ms = SHUTDOWN_MS + STOP_GRACE_MS
    const ended = await Promise.race([this.ended, sleep(ms, undefined, { ref: false })])
    if (!ended) {
      await this.kill()
      throw new Failure(`the exporter did not stop within ${ms / 1000} s of a SIGTERM`)
    }
    if (ended.code !== 0) throw new Failure(`a SIGTERM ended the exporter with ${describeEnd(ended)}`)
  }
}

export const describeEnd = ({ code, signal }: Ended): string =>
  signal ? `signal ${signal}` : `exit code ${code}`

export const timeout = (ms: number) => ({ signal: AbortSignal.timeout(ms) })

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/-/ready`, timeout(1000))
    await response.text()
    return response.ok
  } catch {
    return false
  }
}

/** The last lines of a log. */
export function lastLines(path: string, count: number): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count)
}
