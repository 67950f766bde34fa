import { setImmediate } from 'node:timers/promises'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import './hooks.ts'
import { MoodError } from '../errors.ts'
import { BatchReader } from '../pipeline/batch.ts'
import type { Job, Refusal } from '../pipeline/job.ts'
import { Pipeline } from '../pipeline/pipeline.ts'
import type { Plan } from '../pipeline/plan.ts'
import { Progress } from '../pipeline/progress.ts'
import { Tally } from '../tally/tally.ts'
import { giveWay } from './give-way.ts'
import { makeInstances } from './instances.ts'
import { LimitedLog } from './log-limit.ts'
import type { BatchForWorker, Coverage, FromWorker, Port, ToWorker, WorkerData } from './messages.ts'

/** With nothing left to do, a delta waits for more no longer than this; milliseconds. */
const IDLE_FLUSH_MS = 50

/** While there is work, a delta is handed over this often, in milliseconds, */
const FLUSH_MS = 200

/** … or sooner, when it has grown to so many panes: posts from all over time, as an archive holds them; */
const FLUSH_PANES = 2000

/** … or when the batches that it counts hold this part of a source's queue, so that the source need not wait. */
const FLUSH_SHARE = 1 / 4

/** Refusals told to a source for one batch. */
const MAX_REFUSALS = 1000

/** The worker's side: maps batches to deltas, and says which batches each delta counts. */
class WorkerServer {
  readonly #port: Port
  readonly #pipeline: Pipeline
  readonly #progress: Progress
  readonly #tally: Tally
  readonly #log: LimitedLog
  readonly #flushBytes: number
  readonly #queue: BatchForWorker[] = []
  #covered: Coverage[] = []
  #coveredBytes = 0
  #lastFlush = 0
  #timer: NodeJS.Timeout | undefined
  #running = false
  #stop: (() => void) | null = null

  constructor(
    port: Port,
    pipeline: Pipeline,
    progress: Progress,
    tally: Tally,
    log: LimitedLog,
    queueBytes: number,
  ) {
    this.#flushBytes = queueBytes * FLUSH_SHARE
    this.#port = port
    this.#pipeline = pipeline
    this.#progress = progress
    this.#tally = tally
    this.#log = log
  }

  push(batch: BatchForWorker): void {
    this.#queue.push(batch)
    if (!this.#running) void this.#run()
  }

  /** Resolves once all that was handed over is counted and told. */
  async stop(): Promise<void> {
    if (this.#running) await new Promise<void>(resolve => (this.#stop = resolve))
    this.#flush()
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message)
  }

  async #run(): Promise<void> {
    this.#running = true
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      await this.#map(batch)
      await setImmediate()
    }
    this.#running = false
    this.#stop?.()
    if (this.#covered.length > 0) this.#timer ??= setTimeout(() => this.#flush(), IDLE_FLUSH_MS)
  }

  async #map(batch: BatchForWorker): Promise<void> {
    const refusals: Refusal[] | null = batch.receipt ? [] : null
    const job: Job = {
      id: batch.id,
      source: batch.source,
      records: new BatchReader(batch.memory),
      receivedAt: batch.receivedAt,
      header: batch.header,
      posts: batch.posts,
      skips: batch.skips,
      refusals,
      maxEventTime: Number.NEGATIVE_INFINITY,
    }
    this.#progress.batch(job.id)
    const { records } = job.records
    let next = batch.from
    while (next < records) {
      if (this.#pipeline.synchronous) this.#pipeline.record(job, next++)
      else {
        const end = Math.min(records, next + this.#pipeline.stride)
        await this.#pipeline.records(job, next, end)
        next = end
      }
      if (performance.now() - this.#lastFlush >= FLUSH_MS || this.#tally.panes > FLUSH_PANES) {
        if (next < records) this.#cover(job, next, false)
        else break
        this.#flush()
      }
    }
    this.#cover(job, records, true)
    this.#send({ type: 'done', id: job.id, refusals: refusals?.slice(0, MAX_REFUSALS) ?? null })
    this.#coveredBytes += batch.memory.byteLength
    if (this.#coveredBytes >= this.#flushBytes || performance.now() - this.#lastFlush >= FLUSH_MS)
      this.#flush()
  }

  #cover({ id, maxEventTime }: Job, upTo: number, whole: boolean): void {
    this.#covered.push({ id, upTo, whole, maxEventTime: Number.isFinite(maxEventTime) ? maxEventTime : null })
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#lastFlush = performance.now()
    this.#log.flush()
    if (this.#covered.length === 0) return
    this.#send({ type: 'delta', tally: JSON.stringify(this.#tally.encode()), covered: this.#covered })
    this.#covered = []
    this.#coveredBytes = 0
    this.#tally.reset()
  }
}

/** Runs a worker on a port: in a thread of its own, or, for debugging, in the main one. */
export async function serveWorker(port: Port, { plan, progress: memory }: WorkerData): Promise<void> {
  const send = (message: FromWorker) => port.postMessage(message)
  const log = new LimitedLog(port, plan.logLines)
  const aborter = new AbortController()
  try {
    const progress = new Progress(memory)
    const tally = new Tally(plan.shape)
    const instances = await makeInstances(plan, log, aborter.signal)
    const pipeline = new Pipeline(plan, instances, tally, progress, dropAndFailureLog(plan, log))
    const server = new WorkerServer(port, pipeline, progress, tally, log, plan.queueBytes)
    const heartbeat = setInterval(() => progress.beat(), 100).unref()
    port.on('message', async (message: ToWorker) => {
      if (message.type === 'batch') return server.push(message)
      await server.stop()
      clearInterval(heartbeat)
      aborter.abort()
      for (const instance of [...instances.scorers, ...instances.extractors]) await instance.close?.()
      send({ type: 'stopped' })
    })
    send({ type: 'ready', headers: instances.formats.map(({ header }) => header === true) })
  } catch (error) {
    const { code, message } = error as MoodError
    send({ type: 'unready', message, code: error instanceof MoodError ? code : 'ERR_PLUGIN_FAILED' })
  }
}

function dropAndFailureLog(plan: Plan, log: LimitedLog) {
  return {
    onDrop: (job: Job, record: number, reason: string, message: string) => {
      // The ordinary fate of most posts is not worth a line each.
      if (reason === 'off_topic' || reason === 'duplicate' || reason === 'not_a_post') return
      const source = plan.sources[job.source]?.name ?? ''
      const sample = job.records.record(record).toString('utf8', 0, 400)
      log.write('warn', `${source} ${reason}`, 'a record was dropped', {
        source,
        reason,
        message,
        record: sample,
      })
    },
    onFailure: ({ kind, name }: { kind: string; name: string }, reason: string, detail: string) => {
      log.write('error', `${kind} ${name}`, 'a plugin failed on a post', {
        kind,
        plugin: name,
        reason,
        detail,
      })
    },
  }
}

if (!isMainThread && parentPort && (workerData as { role?: string })?.role === 'worker') {
  const port = parentPort
  giveWay()
  // A stray throw of a plugin's timer or promise belongs to no post: it costs a line, not the thread.
  const stray = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    const line = {
      type: 'log',
      level: 'error',
      cause: 'stray',
      message: 'a plugin threw outside of any call',
      fields: { message },
    }
    port.postMessage(line)
  }
  process.on('uncaughtException', stray)
  process.on('unhandledRejection', stray)
  await serveWorker(port, workerData as WorkerData)
}
