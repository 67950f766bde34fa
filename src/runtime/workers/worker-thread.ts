import { setImmediate } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'
import '../../loader/hooks.ts'
import { MoodError } from '../../catalogue/errors.ts'
import { placeOf } from '../../loader/place.ts'
import { BatchReader } from '../../pipeline/batch.ts'
import type { Failure } from '../../pipeline/call-guard.ts'
import { excerptOf, type Job, type Rejection } from '../../pipeline/job.ts'
import { Pipeline } from '../../pipeline/pipeline.ts'
import type { Plan } from '../../pipeline/plan.ts'
import type { Trends } from '../../pipeline/plan-topics.ts'
import { HEARTBEAT_MS, Progress } from '../../pipeline/progress.ts'
import { messageOf } from '../../plugin/message-of.ts'
import { LINES } from '../../plugin/records/framing.ts'
import { State } from '../../state/state.ts'
import { giveWay } from '../threads/give-way.ts'
import { LimitedLog } from '../threads/log-limit.ts'
import type {
  BatchForWorker,
  ClampedLimit,
  FromWorker,
  Port,
  ToWorker,
  WorkerData,
} from '../threads/messages.ts'
import { ownPort } from '../threads/own-port.ts'
import { threadNumber } from '../threads/thread-clock.ts'
import { ThreadPlugins } from '../threads/thread-plugins.ts'
import { makeInstances } from './instances.ts'

/** With nothing left to do, a delta waits no longer than this for more, or for the end of its epoch; milliseconds. */
const IDLE_FLUSH_MS = 500

/** While there is work, a delta is delivered this often, in milliseconds, */
const FLUSH_MS = 200

/** … or sooner, when it has grown to this many slices: posts from all over time, as an archive holds them; */
const FLUSH_SLICES = 2000

/** … or when the batches that it counts hold this part of a source's queue, so that the source need not wait. */
const FLUSH_SHARE = 1 / 4

type Work = BatchForWorker | { type: 'cut' } | { type: 'trends'; trends: Trends }

/** The worker's side: maps batches to deltas. A delta counts whole batches of one epoch. */
class WorkerServer {
  readonly #port: Port
  readonly #pipeline: Pipeline
  readonly #progress: Progress
  readonly #state: State
  readonly #plugins: ThreadPlugins
  readonly #log: LimitedLog
  readonly #flushBytes: number
  readonly #queue: Work[] = []
  /** The epoch of the batches that the state counts. */
  #epoch = 0
  #counted: number[] = []
  #countedBytes = 0
  #lastFlush = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | null = null

  constructor(
    port: Port,
    pipeline: Pipeline,
    progress: Progress,
    state: State,
    plugins: ThreadPlugins,
    log: LimitedLog,
    queueBytes: number,
  ) {
    this.#flushBytes = queueBytes * FLUSH_SHARE
    this.#port = port
    this.#pipeline = pipeline
    this.#progress = progress
    this.#state = state
    this.#plugins = plugins
    this.#log = log
  }

  push(work: Work): void {
    this.#queue.push(work)
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
  }

  /** Resolves once all that was handed over is counted and delivered. */
  async stop(): Promise<void> {
    await this.#running
    this.#flush()
    this.#plugins.stop()
  }

  /**
   * Whether nothing is mapped that is not delivered. What plugins record over a batch goes with the delta that counts it:
   * should the worker die, both are repeated together.
   */
  get isIdle(): boolean {
    return this.#running === null && this.#counted.length === 0
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message)
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (let work = this.#queue.shift(); work; work = this.#queue.shift()) {
      if (work.type === 'cut') {
        this.#flush()
        continue
      }
      if (work.type === 'trends') {
        this.#pipeline.trends(work.trends)
        continue
      }
      if (work.epoch !== this.#epoch) this.#flush()
      this.#epoch = work.epoch
      try {
        await this.#map(work)
      } catch (error) {
        this.#giveUp(error)
      }
      await setImmediate()
    }
    if (this.#counted.length > 0) this.#timer ??= setTimeout(() => this.#flush(), IDLE_FLUSH_MS)
  }

  async #map({ batch, number, place, skips }: BatchForWorker): Promise<void> {
    const startedAt = performance.now()
    const rejections: Rejection[] | null = batch.acknowledge ? [] : null
    const job: Job = {
      id: number,
      source: place,
      records: new BatchReader(batch.memory, batch.enveloped),
      receivedAt: batch.receivedAt,
      header: batch.header,
      path: batch.path,
      posts: batch.posts,
      skips,
      rejections,
      maxEventTime: Number.NEGATIVE_INFINITY,
    }
    this.#progress.batch(number)
    this.#pipeline.drops(place, batch.drops)
    const { records } = job.records
    for (let next = 0; next < records; ) {
      if (this.#pipeline.synchronous) this.#pipeline.record(job, next++)
      else {
        const end = Math.min(records, next + this.#pipeline.stride)
        await this.#pipeline.records(job, next, end)
        next = end
      }
    }
    this.#pipeline.observe(job, batch.partition)
    this.#counted.push(number)
    this.#countedBytes += batch.memory.byteLength
    this.#send({ type: 'done', number, rejections, ms: performance.now() - startedAt })
    if (
      this.#countedBytes >= this.#flushBytes ||
      this.#state.openSlices > FLUSH_SLICES ||
      performance.now() - this.#lastFlush >= FLUSH_MS
    )
      this.#flush()
  }

  /** Plugins' errors are caught where they are called. After one of the pipeline's own this state is not to be trusted. */
  #giveUp(error: unknown): never {
    const detail = error instanceof Error ? error.stack : error
    this.#log.write('error', 'worker', 'a batch could not be processed', { detail })
    if (isMainThread) throw error
    process.exit(1)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#lastFlush = performance.now()
    this.#log.flush()
    if (this.#counted.length === 0) return
    const ids = this.#pipeline.takeIds()
    const posts = this.#pipeline.takeSamples()
    if (posts.length > 0) this.#send({ type: 'sampled', posts })
    this.#state.plugins.merge(this.#plugins.takeMetrics())
    this.#send({ type: 'delta', epoch: this.#epoch, ...this.#state.encode(), batches: this.#counted, ids })
    this.#counted = []
    this.#countedBytes = 0
    this.#state.reset()
  }
}

/** Runs a worker on a port: in a thread of its own, or, for debugging, in the main one. */
export async function serveWorker(
  port: Port,
  { plan, declared, progress: memory }: WorkerData,
  log = new LimitedLog(port, plan.logLines),
): Promise<void> {
  const send = (message: FromWorker) => port.postMessage(message)
  const aborter = new AbortController()
  try {
    const progress = new Progress(memory)
    progress.thread(isMainThread ? 0 : threadNumber())
    const state = new State(plan.shape)
    const plugins = new ThreadPlugins(port, declared)
    const { baseDir, topics } = plan
    let take: (message: ToWorker) => void = () => {}
    // From the start on, as plugins may use the store when they are made. All else comes once they are.
    port.on('message', (message: ToWorker) => {
      if (message.type === 'stored') plugins.settle(message)
      else take(message)
    })
    const limits: ClampedLimit[] = []
    const clamped = (owner: string, message: string) => void limits.push({ owner, message })
    const parts = { log, signal: aborter.signal, baseDir, topics, clamped, own: plugins.own }
    const { receiver, ...instances } = await makeInstances(plan, parts, load => progress.loading(load))
    const pipeline = new Pipeline(plan, instances, state, progress, dropAndFailureLog(plan, log))
    const server = new WorkerServer(port, pipeline, progress, state, plugins, log, plan.queueBytes)
    plugins.deliverRegularly(() => server.isIdle)
    const heartbeat = setInterval(() => progress.beat(), HEARTBEAT_MS).unref()
    take = async message => {
      if (message.type === 'batch' || message.type === 'cut' || message.type === 'trends')
        return server.push(message)
      await server.stop()
      clearInterval(heartbeat)
      aborter.abort()
      const close = async (instance: { close?(): void | Promise<void> }) => instance.close?.()
      await Promise.allSettled(
        [...instances.scorers, ...instances.extractors, ...(receiver ? [receiver] : [])].map(close),
      )
      send({ type: 'stopped' })
    }
    send({
      type: 'ready',
      headers: instances.formats.map(({ header }) => header === true),
      framings: instances.formats.map(({ framing }) => framing ?? LINES),
      stride: pipeline.stride,
      metrics: plugins.declared,
      clamped: limits,
    })
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
      const cause = `${source} ${reason}`
      // A bad record costs no more than a good one: what the line would say is made for the lines that are written.
      if (!log.admits(cause)) return
      log.send('warn', cause, 'a record was dropped', {
        source,
        reason,
        message,
        record: excerptOf(job, record),
      })
    },
    onFailure: (
      { kind, name }: { kind: string; name: string },
      { reason, message, cause }: Failure,
      excerpt: () => string,
    ) => {
      const limit = `${kind} ${name}`
      if (!log.admits(limit)) return
      log.send('error', limit, 'a plugin failed on a post', {
        kind,
        plugin: name,
        reason,
        detail: message,
        at: placeOf(cause, plan.baseDir) ?? fileOf(plan, kind, name),
        post: excerpt(),
      })
    },
    onRelayFailure: (message: string) => {
      const output = plan.relay?.name ?? ''
      log.write('warn', `output ${output}`, 'posts could not be relayed; retrying', {
        output,
        message,
      })
    },
  }
}

/** The file of a plugin, as the configuration names it; undefined for a built-in plugin or a package. */
function fileOf({ scorers, extractors, sources }: Plan, kind: string, name: string): string | undefined {
  const formats = sources.map(({ format }) => format)
  const plugins = kind === 'scorer' ? scorers : kind === 'extractor' ? extractors : formats
  const use = plugins.find(plugin => plugin.name === name)?.use
  return use?.startsWith('.') ? use : undefined
}

const own = ownPort<WorkerData>('worker')
if (own) {
  const { port, data } = own
  const log = new LimitedLog(port, data.plan.logLines)
  // A stray throw of a plugin's timer or promise belongs to no post: it costs a line, not the thread.
  const stray = (error: unknown) =>
    log.write('error', 'stray', 'a plugin threw outside of any call', {
      detail: messageOf(error),
      at: placeOf(error, data.plan.baseDir),
    })
  process.on('uncaughtException', stray)
  process.on('unhandledRejection', stray)
  await serveWorker(port, data, log)
  // Only now: on a busy machine the death of a worker would otherwise go unnoticed for long.
  giveWay()
}
