import { createError, type ErrorCode, MoodError } from '../../catalogue/errors.ts'
import type { OutputStream } from '../../plugin/output.ts'
import { atMost, atMostStalled } from '../threads/at-most.ts'
import { sampleOf } from '../threads/log-limit.ts'
import type {
  DeclaredMetrics,
  LogMessage,
  RecordedMessage,
  StoreCall,
  StoreResult,
  SuppressedMessage,
} from '../threads/messages.ts'
import { type Failure, type PluginThread, startPluginThread } from '../threads/plugin-thread.ts'
import { StallDetector } from '../threads/stall-detector.ts'
import { startThread } from '../threads/thread.ts'
import { ThreadClock } from '../threads/thread-clock.ts'
import { type FromOutput, type OutputData, SETTLE_MS, type ToOutput, type WriteReport } from './messages.ts'

/** If a thread reports nothing for this time after a write was aborted, its event loop is blocked; milliseconds. */
const BLOCKED_MS = 2 * SETTLE_MS

/** The longest timer of Node.js, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * How a write ended: reported by the thread, before or after its signal was aborted, or with the end of the thread.
 */
export type WriteEnd = { report: WriteReport; timedOut: boolean } | { died: Failure }

/** One run of an output, in its own thread or, for debugging, in the main thread. */
export interface OutputRun {
  readonly takes: ReadonlySet<OutputStream>
  /** Its declared metrics. */
  readonly metrics: readonly DeclaredMetrics[]
  /** The maximum of events in one write. */
  readonly batch: number
  /** Writes events, given as JSON. Never rejects. Only one write may run at a time. */
  write(events: readonly string[], timeoutMs: number): Promise<WriteEnd>
  /** Aborts a running write, closes the output, and ends the thread. */
  close(graceMs: number): Promise<void>
  /** Resolves to the reason when the thread has ended. */
  readonly ended: Promise<Failure>
}

export interface RunOptions {
  threaded: boolean
  workerMemory: number
  /** `limits.create_timeout`, milliseconds. */
  createTimeout: number
  /** Aborts the creation of a run. */
  signal: AbortSignal
}

/** Receives the reports of a run. */
export interface RunPorts {
  log(message: LogMessage | SuppressedMessage | RecordedMessage): void
  /** A call of the plugin to its store. */
  store(call: StoreCall): Promise<StoreResult>
}

export type BeginRun = (data: OutputData, options: RunOptions, ports: RunPorts) => Promise<OutputRun>

/**
 * Creates an output.
 *
 * @param start starts the thread
 * @throws MoodError with the problem
 */
export async function beginRun(
  data: OutputData,
  { threaded, workerMemory, createTimeout, signal }: RunOptions,
  ports: RunPorts,
  start: typeof startThread = startThread,
): Promise<OutputRun> {
  const created = Promise.withResolvers<Extract<FromOutput, { type: 'created' }>>()
  const closed = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<Failure>()
  let current: { id: number; resolve(end: WriteEnd): void } | null = null
  let death: Failure | null = null
  const settle = (end: WriteEnd) => {
    current?.resolve(end)
    current = null
  }
  const message = (message: FromOutput) => {
    if (message.type === 'created') created.resolve(message)
    else if (message.type === 'failed')
      created.reject(new MoodError(message.code as ErrorCode, message.message))
    else if (message.type === 'closed') closed.resolve()
    else if (message.type === 'store') void ports.store(message).then(result => post(result))
    else if (message.type !== 'written') ports.log(message)
    else if (message.id === current?.id) settle({ report: message.report, timedOut: false })
  }
  const gone = (failure: Failure) => {
    death = { ...failure, message: sampleOf(failure.message) }
    const { name } = data.spec
    created.reject(createError('ERR_PLUGIN_FAILED', { kind: 'output', name, reason: failure.message }))
    closed.resolve()
    settle({ died: death })
    ended.resolve(death)
  }
  const thread: PluginThread = startPluginThread<FromOutput>(
    data,
    {
      module: 'src/runtime/outputs/output-thread',
      role: 'output',
      name: `output ${data.spec.name}`,
      workerMemory,
      logLines: data.logLines,
      threaded,
    },
    { message, gone },
    start,
  )
  const post = (message: ToOutput) => thread.post(message)
  const {
    takes,
    batch,
    metrics,
    thread: number,
  } = await creation(created.promise, createTimeout, thread, signal)

  let lastId = 0
  return {
    takes: new Set(takes),
    metrics,
    batch: batch !== undefined && batch >= 1 ? Math.floor(batch) : Number.POSITIVE_INFINITY,
    ended: ended.promise,
    async write(events, timeoutMs) {
      if (death) return { died: death }
      const id = ++lastId
      const { promise, resolve } = Promise.withResolvers<WriteEnd>()
      current = { id, resolve }
      post({ type: 'write', id, events: [...events] })
      if (await atMost(Math.min(timeoutMs, LONGEST_TIMER_MS), promise)) return promise
      post({ type: 'abort', id, reason: `it took longer than its time-out of ${timeoutMs / 1000} s` })
      const detector = new StallDetector(new ThreadClock(() => number))
      if (!(await atMostStalled(detector, BLOCKED_MS, promise)))
        await thread.end({ message: 'its thread has not answered for too long', reason: 'timeout' })
      const end = await promise
      return 'died' in end ? end : { ...end, timedOut: true }
    },
    async close(graceMs) {
      post({ type: 'close' })
      await atMost(graceMs, closed.promise)
      await thread.end()
    },
  }
}

/** Waits until the output is created; after the timeout, ends its thread. */
async function creation<T>(
  created: Promise<T>,
  createTimeout: number,
  thread: PluginThread,
  signal: AbortSignal,
): Promise<T> {
  const stop = () => void thread.end({ message: 'it was stopped while it was created', reason: 'crash' })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    if (!(await atMost(createTimeout, created))) {
      const message = `it was not created within limits.create_timeout, ${createTimeout / 1000} s`
      await thread.end({ message, reason: 'timeout' })
    }
    return await created
  } catch (error) {
    await thread.end()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
