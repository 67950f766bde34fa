import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import type { Status } from '../../src/runtime/view.ts'
import { parseSamples, type Samples } from './samples.ts'

const BIN = fileURLToPath(new URL('../../bin/mood-exporter.mjs', import.meta.url))

/** How often a condition is checked, in milliseconds. */
const LOOK_MS = 50

export interface ExporterFiles {
  /** Files beside mood.yml, by name. */
  [name: string]: string
}

/** The fields of a log line; of a line that is not JSON, the text as `msg`. */
export interface LogLine {
  msg: string
  [field: string]: unknown
}

function parseLogLine(line: string): LogLine {
  try {
    return JSON.parse(line)
  } catch {
    return { msg: line }
  }
}

/** A real exporter in its own process, with its configuration in its own folder. */
export class RunningExporter {
  readonly url: string
  readonly folder: string
  readonly process: ChildProcess
  /** Its log so far: one line of JSON each. */
  readonly log: string[]
  /** Lines of its standard output so far. */
  readonly printed: string[]

  constructor(url: string, folder: string, process: ChildProcess, log: string[], printed: string[]) {
    this.url = url
    this.folder = folder
    this.process = process
    this.log = log
    this.printed = printed
  }

  async samples(): Promise<Samples> {
    const response = await fetch(`${this.url}/metrics`).catch(error => {
      const { exitCode, signalCode } = this.process
      const how = `/metrics did not answer (exit code ${exitCode}, signal ${signalCode})`
      throw new Error(`${how}:\n${this.log.slice(-10).join('\n')}`, { cause: error })
    })
    if (!response.ok) throw new Error(`/metrics answered ${response.status}`)
    return parseSamples(await response.text())
  }

  /** Resolves to the metrics once they meet a condition; after `ms`, rejects with the last ones. */
  async until(condition: (samples: Samples) => boolean, ms = 60_000): Promise<Samples> {
    const deadline = Date.now() + ms
    for (;;) {
      const samples = await this.samples()
      if (condition(samples)) return samples
      if (Date.now() > deadline)
        throw new Error(`not so within ${ms} ms: ${condition}\n${this.log.slice(-10).join('\n')}`)
      await sleep(LOOK_MS)
    }
  }

  /**
   * Scrapes repeatedly while a promise is pending. Resolves to the duration of the slowest scrape, in milliseconds.
   */
  async scrapedWhile(happens: Promise<unknown>): Promise<number> {
    let slowest = 0
    let goesOn = true
    const over = happens.finally(() => {
      goesOn = false
    })
    const scrapes = async () => {
      while (goesOn) {
        const begun = performance.now()
        await this.samples()
        slowest = Math.max(slowest, performance.now() - begun)
        await sleep(LOOK_MS)
      }
    }
    await Promise.all([over, scrapes()])
    return slowest
  }

  /** Resolves to the first parsed log line that meets a condition. */
  async logged(condition: (line: LogLine) => boolean, ms = 60_000): Promise<LogLine> {
    const deadline = Date.now() + ms
    for (;;) {
      const line = this.log.map(parseLogLine).find(condition)
      if (line) return line
      if (Date.now() > deadline)
        throw new Error(`not logged within ${ms} ms:\n${this.log.slice(-10).join('\n')}`)
      await sleep(LOOK_MS)
    }
  }

  /** Posts records to its source `http`, whose ephemeral port is in the log. */
  async push(records: readonly string[]): Promise<unknown> {
    const { url } = await this.logged(({ url }) => typeof url === 'string' && url.endsWith('/posts'))
    const headers = { 'content-type': 'application/x-ndjson' }
    const response = await fetch(url as string, { method: 'POST', headers, body: records.join('\n') })
    return response.json()
  }

  async status(): Promise<Status> {
    return (await (await fetch(`${this.url}/api/v1/status`)).json()) as Status
  }

  async configure(config: object | string): Promise<void> {
    await writeFile(join(this.folder, 'mood.yml'), withFreePort(config))
  }

  /** Sends a signal and resolves to the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const exit = once(this.process, 'exit')
      this.process.kill(signal)
      await exit
    }
    return this.process.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL')
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Adds defaults to a configuration: a free port to listen on, and a short stop. */
function withFreePort(config: object | string): string {
  const value = typeof config === 'string' ? parse(config) : config
  return stringify({ ...value, server: { listen: '127.0.0.1:0', shutdown_timeout: '1s', ...value.server } })
}

/** Starts an exporter and resolves when it serves. Use it as `await using exporter = await startExporter(…)`. */
export async function startExporter(
  config: object | string,
  {
    files = {},
    args = [],
    stdin = 'ignore',
    stderr = 'pipe',
    bin = BIN,
    command = 'run',
    folder: given,
    env = {},
    through = [],
  }: {
    files?: ExporterFiles
    args?: string[]
    stdin?: 'ignore' | 'pipe'
    /** A descriptor for its log, which is then not available as lines. */
    stderr?: 'pipe' | number
    bin?: string
    command?: 'run' | 'relay'
    /** The folder of an earlier run; a new one if absent. */
    folder?: string
    /** Environment variables besides those of this process. */
    env?: Record<string, string>
    /** A command that executes the exporter, such as `prlimit --nofile=64`. */
    through?: readonly string[]
  } = {},
): Promise<RunningExporter> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'mood-exporter-test-')))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  await writeFile(join(folder, 'mood.yml'), withFreePort(config))
  // The process itself instead of the launcher, so that signals and exit codes are its own.
  const [program, ...rest] = [...through, process.execPath, bin, command, '--config', 'mood.yml', ...args]
  const child = spawn(program as string, rest, {
    cwd: folder,
    stdio: [stdin, 'pipe', stderr],
    env: { ...process.env, ...env },
  })
  // A test that times out is not awaited, and neither is its cleanup.
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  child.once('exit', () => process.off('exit', orphaned))
  const log: string[] = []
  const printed: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    const reading = (stream: NodeJS.ReadableStream | null, lines: string[]) => {
      if (!stream) return
      createInterface({ input: stream }).on('line', line => {
        lines.push(line)
        // Where an output writes to standard output, this is in the log.
        const address = /^ *Metrics +(\S+)\/metrics/.exec(line)?.[1]
        if (address) resolve(address)
      })
    }
    reading(child.stdout, printed)
    reading(child.stderr, log)
    child.on('exit', code => reject(new Error(`the exporter exited with ${code}:\n${log.join('\n')}`)))
  }).catch(async error => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  return new RunningExporter(url, folder, child, log, printed)
}
