import { setImmediate } from 'node:timers/promises'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import '../../loader/hooks.ts'
import { MoodError } from '../../catalogue/errors.ts'
import { makeInstances } from '../../loader/instances.ts'
import { BatchReader } from '../../pipeline/batch.ts'
import type { Job, Refusal } from '../../pipeline/job.ts'
import { messageOf } from '../../pipeline/message-of.ts'
import { Pipeline } from '../../pipeline/pipeline.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { Progress } from '../../pipeline/progress.ts'
import { Tally } from '../../state/tally.ts'
import { giveWay } from '../threads/give-way.ts'
import { LimitedLog } from '../threads/log-limit.ts'
import type { BatchForWorker, Coverage, FromWorker, Port, ToWorker, WorkerData } from '../threads/messages.ts'

/** With nothing left to do, a delta waits for more no longer than this; milliseconds. */
const IDLE_FLUSH_MS = 50

/** While there is work, a delta is handed over this often, in milliseconds, */
const FLUSH_MS = 200

/** … or sooner, when it has grown to so many panes: posts from all over time, as an archive holds them; */
const FLUSH_PANES = 2000

/** … or when the batches that it counts hold this part of a source's queue, so that the source need not wait. */
const FLUSH_SHARE = 1 / 4

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
  #running: Promise<void> | null = null

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
    this.#running ??= this.#run()
  }

  /** Resolves once all that was handed over is counted and told. */
  async stop(): Promise<void> {
    await this.#running
    this.#flush()
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message)
  }

  async #run(): Promise<void> {
    // From here on only stride by stride, where the tally holds what is said to be covered and no more.
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      try {
        await this.#map(batch)
      } catch (error) {
        this.#giveUp(error)
      }
      await setImmediate()
    }
    this.#running = null
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
      // Refusals are told once the whole batch is mapped: were part of it counted before, and this worker to die then,
      // the next one would not know those.
      if (next === records || refusals) continue
      if (performance.now() - this.#lastFlush >= FLUSH_MS || this.#tally.panes > FLUSH_PANES) {
        this.#cover(job, next, false)
        this.#flush()
      }
    }
    this.#cover(job, records, true)
    this.#send({ type: 'done', id: job.id, refusals })
    this.#coveredBytes += batch.memory.byteLength
    if (this.#coveredBytes >= this.#flushBytes || performance.now() - this.#lastFlush >= FLUSH_MS)
      this.#flush()
  }

  /** Plugins' errors are caught where they are called. After one of the pipeline's own this tally is not to be trusted. */
  #giveUp(error: unknown): never {
    const detail = error instanceof Error ? error.stack : error
    this.#log.write('error', 'worker', 'a batch could not be mapped', { detail })
    if (isMainThread) throw error
    process.exit(1)
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
    const { terms, ...rest } = this.#tally.encode()
    this.#send({ type: 'delta', tally: JSON.stringify(rest), terms, covered: this.#covered })
    this.#covered = []
    this.#coveredBytes = 0
    this.#tally.reset()
  }
}

/** Runs a worker on a port: in a thread of its own, or, for debugging, in the main one. */
export async function serveWorker(
  port: Port,
  { plan, progress: memory }: WorkerData,
  log = new LimitedLog(port, plan.logLines),
): Promise<void> {
  const send = (message: FromWorker) => port.postMessage(message)
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
      const close = async (instance: { close?(): void | Promise<void> }) => instance.close?.()
      await Promise.allSettled([...instances.scorers, ...instances.extractors].map(close))
      send({ type: 'stopped' })
    })
    send({ type: 'ready', headers: instances.formats.map(({ header }) => header === true) })
  } catch (error) {
    const code = error instanceof MoodError ? error.code : 'ERR_PLUGIN_FAILED'
    send({ type: 'unready', message: messageOf(error), code })
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
  const data = workerData as WorkerData
  const log = new LimitedLog(parentPort, data.plan.logLines)
  // A stray throw of a plugin's timer or promise belongs to no post: it costs a line, not the thread.
  const stray = (error: unknown) =>
    log.write('error', 'stray', 'a plugin threw outside of any call', { detail: messageOf(error) })
  process.on('uncaughtException', stray)
  process.on('unhandledRejection', stray)
  await serveWorker(parentPort, data, log)
  // Only now: on a busy machine a worker that died would else be missed for long.
  giveWay()
}
