import { setImmediate } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'
import '../../loader/hooks.ts'
import { MoodError } from '../../catalogue/errors.ts'
import { placeOf } from '../../loader/place.ts'
import { BatchReader } from '../../pipeline/batch.ts'
import type { Failure } from '../../pipeline/call-guard.ts'
import type { Trends } from '../../pipeline/configured-topics.ts'
import { excerptOf, type Job, type Rejection } from '../../pipeline/job.ts'
import { Pipeline } from '../../pipeline/pipeline.ts'
import { HEARTBEAT_MS, ThreadActivity } from '../../pipeline/thread-activity.ts'
import type { WorkerConfig } from '../../pipeline/worker-config.ts'
import { messageOf } from '../../plugin/message-of.ts'
import { LINES } from '../../plugin/records/framing.ts'
import { State } from '../../state/state.ts'
import { bytesHeld } from '../batch.ts'
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

/** Without work, a delta waits no longer than this for more, or for the end of its epoch; milliseconds. */
const IDLE_FLUSH_MS = 500

/** With work, a delta is delivered at this interval, in milliseconds, */
const FLUSH_MS = 200

/** … or earlier, when it has this many slices: posts from many times, as in an archive; */
const FLUSH_SLICES = 2000

/** … or when its batches occupy this part of a source's queue, so that the source need not wait. */
const FLUSH_SHARE = 1 / 4

type Work = BatchForWorker | { type: 'cut' } | { type: 'trends'; trends: Trends }

/** The worker's side: maps batches to deltas. A delta includes whole batches of one epoch. */
class WorkerServer {
  readonly #port: Port
  readonly #pipeline: Pipeline
  readonly #activity: ThreadActivity
  readonly #state: State
  readonly #plugins: ThreadPlugins
  readonly #log: LimitedLog
  readonly #flushBytes: number
  readonly #queue: Work[] = []
  /** The epoch of the batches in the state. */
  #epoch = 0
  #counted: number[] = []
  #countedBytes = 0
  #lastFlush = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | null = null

  constructor(
    port: Port,
    pipeline: Pipeline,
    activity: ThreadActivity,
    state: State,
    plugins: ThreadPlugins,
    log: LimitedLog,
    queueBytes: number,
  ) {
    this.#flushBytes = queueBytes * FLUSH_SHARE
    this.#port = port
    this.#pipeline = pipeline
    this.#activity = activity
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

  /** Resolves once everything is counted and delivered. */
  async stop(): Promise<void> {
    await this.#running
    this.#flush()
    this.#plugins.stop()
  }

  /**
   * Whether nothing is mapped and undelivered. Recordings of plugins during a batch are part of its delta: if the
   * worker dies, both are repeated together.
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
    this.#activity.batch(number)
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
    this.#countedBytes += bytesHeld(batch)
    this.#send({ type: 'done', number, rejections, ms: performance.now() - startedAt })
    if (
      this.#countedBytes >= this.#flushBytes ||
      this.#state.openSlices > FLUSH_SLICES ||
      performance.now() - this.#lastFlush >= FLUSH_MS
    )
      this.#flush()
  }

  /** Errors of plugins are caught at the call. After an error of the pipeline itself this state cannot be trusted. */
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

/** Runs a worker on a port: in its own thread or, for debugging, in the main thread. */
export async function serveWorker(
  port: Port,
  { workerConfig, declared, activity: memory }: WorkerData,
  log = new LimitedLog(port, workerConfig.logLines),
): Promise<void> {
  const send = (message: FromWorker) => port.postMessage(message)
  const aborter = new AbortController()
  try {
    const activity = new ThreadActivity(memory)
    activity.thread(isMainThread ? 0 : threadNumber())
    const state = new State(workerConfig.shape)
    const plugins = new ThreadPlugins(port, declared)
    const { baseDir, topics } = workerConfig
    let take: (message: ToWorker) => void = () => {}
    // From the start, as plugins may use the store while they are created. All other messages come later.
    port.on('message', (message: ToWorker) => {
      if (message.type === 'stored') plugins.settle(message)
      else take(message)
    })
    const limits: ClampedLimit[] = []
    const clamped = (owner: string, message: string) => void limits.push({ owner, message })
    const parts = { log, signal: aborter.signal, baseDir, topics, clamped, own: plugins.own }
    const { receiver, ...instances } = await makeInstances(workerConfig, parts, load =>
      activity.loading(load),
    )
    const pipeline = new Pipeline(
      workerConfig,
      instances,
      state,
      activity,
      dropAndFailureLog(workerConfig, log),
    )
    const server = new WorkerServer(port, pipeline, activity, state, plugins, log, workerConfig.queueBytes)
    plugins.deliverRegularly(() => server.isIdle)
    const heartbeat = setInterval(() => activity.beat(), HEARTBEAT_MS).unref()
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

function dropAndFailureLog(workerConfig: WorkerConfig, log: LimitedLog) {
  return {
    onDrop: (job: Job, record: number, reason: string, message: string) => {
      // The reasons of most drops are normal, and not logged for each post.
      if (reason === 'off_topic' || reason === 'duplicate' || reason === 'not_a_post') return
      const source = workerConfig.sources[job.source]?.name ?? ''
      const cause = `${source} ${reason}`
      // A bad record costs no more than a good one: the text is made only for lines that are written.
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
        at: placeOf(cause, workerConfig.baseDir) ?? fileOf(workerConfig, kind, name),
        post: excerpt(),
      })
    },
    onRelayFailure: (message: string) => {
      const output = workerConfig.relay?.name ?? ''
      log.write('warn', `output ${output}`, 'posts could not be relayed; retrying', {
        output,
        message,
      })
    },
  }
}

/** The file of a plugin in the configuration; undefined for a built-in plugin or a package. */
function fileOf(
  { scorers, extractors, sources }: WorkerConfig,
  kind: string,
  name: string,
): string | undefined {
  const formats = sources.map(({ format }) => format)
  const plugins = kind === 'scorer' ? scorers : kind === 'extractor' ? extractors : formats
  const use = plugins.find(plugin => plugin.name === name)?.use
  return use?.startsWith('.') ? use : undefined
}

const own = ownPort<WorkerData>('worker')
if (own) {
  const { port, data } = own
  const log = new LimitedLog(port, data.workerConfig.logLines)
  // An error in a plugin's timer or promise belongs to no post: it is logged, and does not end the thread.
  const stray = (error: unknown) =>
    log.write('error', 'stray', 'a plugin threw outside of any call', {
      detail: messageOf(error),
      at: placeOf(error, data.workerConfig.baseDir),
    })
  process.on('uncaughtException', stray)
  process.on('unhandledRejection', stray)
  await serveWorker(port, data, log)
  // Only now: on a busy machine the death of a worker would otherwise be noticed late.
  giveWay()
}
