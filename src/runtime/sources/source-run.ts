import { MessageChannel } from 'node:worker_threads'
import { type ErrorCode, MoodError } from '../../catalogue/errors.ts'
import { moduleUrl } from '../../loader/registry.ts'
import { HEARTBEAT_MS, Progress } from '../../pipeline/progress.ts'
import { atMost } from '../threads/at-most.ts'
import { ended as endedThread } from '../threads/lingering.ts'
import { Lookout } from '../threads/lookout.ts'
import type { DeclaredMetrics, FromSource, SourceData, ToSource } from '../threads/messages.ts'
import { StallDetector } from '../threads/stall-detector.ts'
import { startThread } from '../threads/thread.ts'
import { ThreadClock } from '../threads/thread-clock.ts'
import { MemoryWatch } from '../threads/thread-memory.ts'
import { ThreadRest } from '../threads/thread-rest.ts'

/** How often a thread is looked at, in milliseconds. */
const LOOK_MS = 100

/** A thread that does not end on request (it waits for a system call) is abandoned after this many milliseconds. */
const LAST_MS = 2000

/** What a run failed of. */
export interface Failure {
  message: string
  /** It threw, its thread turned no more, its thread was ended from within, or it held too much memory. */
  reason: 'threw' | 'timeout' | 'crash' | 'memory'
}

/** What a run tells beside how it began and ended. */
export type RunMessage = Exclude<FromSource, { type: 'created' | 'ended' | 'failed' | 'closed' }>

/** One run of a source, in a thread of its own or, for debugging, in the main one. */
export interface Run {
  /** The options that it goes over to while it runs. */
  changeable: readonly string[]
  /** Metrics that it declares. */
  metrics: readonly DeclaredMetrics[]
  post(message: ToSource): void
  /** Resolves when its `run` has ended, or its thread is gone; with what it failed of, or null. */
  ended: Promise<Failure | null>
  /** Lets the source close what it holds open, for this number of milliseconds, and ends its thread. */
  close(graceMs: number): Promise<void>
}

export interface RunOptions {
  threaded: boolean
  heapBytes: number
  /** A thread whose event loop has not turned for this number of milliseconds is stuck, and ended. */
  stuckMs: number
  /** How long it may take to be loaded and created, in milliseconds. */
  createMs: number
}

/**
 * Makes a source without running it yet. Rejects with what is wrong with it.
 *
 * @param receive called with what it says, which may be before it is made, and with what answers it
 */
export async function beginRun(
  options: Omit<SourceData, 'heartbeat'>,
  runOptions: RunOptions,
  receive: (message: RunMessage, reply: (message: ToSource) => void) => void,
): Promise<Run> {
  const progress = new Progress()
  const created = Promise.withResolvers<Pick<Run, 'metrics' | 'changeable'>>()
  const ended = Promise.withResolvers<Failure | null>()
  const closed = Promise.withResolvers<void>()
  let isCreated = false
  const listen = (message: FromSource) => {
    if (message.type === 'created') {
      isCreated = true
      created.resolve(message)
    } else if (message.type === 'ended') {
      ended.resolve(null)
    } else if (message.type === 'failed') {
      if (isCreated) ended.resolve({ message: message.message, reason: 'threw' })
      else created.reject(new MoodError(message.code as ErrorCode, message.message))
    } else if (message.type === 'closed') {
      closed.resolve()
    } else {
      receive(message, post)
    }
  }
  const gone = (failure: Failure) => {
    const message = `source ${options.spec.name}: ${failure.message}`
    created.reject(new MoodError('ERR_PLUGIN_FAILED', message))
    ended.resolve(failure)
    closed.resolve()
  }
  const place = runOptions.threaded ? inThread : inMainThread
  const isTurning = stuckWatch(progress, runOptions.stuckMs)
  const creation = new StallDetector(new ThreadClock(() => progress.read().thread))
  const stuck = (hasWaited: boolean) => {
    if (isCreated) return isTurning(hasWaited) ? null : 'its thread has not answered for too long'
    if (creation.look(false) <= runOptions.createMs) return null
    return `it was not created within limits.create_timeout, ${runOptions.createMs / 1000} s`
  }
  const data: SourceData = { ...options, heartbeat: progress.memory }
  const { post, end } = place(data, runOptions, stuck, listen, gone)
  let made: Pick<Run, 'metrics' | 'changeable'>
  try {
    made = await created.promise
  } catch (error) {
    await end()
    throw error
  }
  const close = async (graceMs: number) => {
    post({ type: 'close' })
    await atMost(graceMs, closed.promise)
    await end()
  }
  const { metrics, changeable } = made
  return { metrics, changeable, post, close, ended: ended.promise }
}

type Place = (
  data: SourceData,
  options: RunOptions,
  /** What of it is stuck, as its event loop has waited since the last look or not; null where nothing is. */
  stuck: (hasWaited: boolean) => string | null,
  listen: (message: FromSource) => void,
  gone: (failure: Failure) => void,
) => { post(message: ToSource): void; end(): Promise<void> }

const inThread: Place = (data, { heapBytes }, stuck, listen, gone) => {
  let failure: Failure = { message: 'its thread ended', reason: 'crash' }
  const name = `source ${data.spec.name}`
  const { thread, post } = startThread<FromSource>(
    data,
    {
      module: 'src/runtime/sources/source-thread',
      role: 'source',
      name,
      heapBytes,
      cause: name,
      logLines: data.logLines,
    },
    {
      message: listen,
      error: ({ code, message }) => {
        failure = { message, reason: code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'threw' }
      },
      exit: () => {
        watchdog.stop()
        gone(failure)
      },
    },
  )
  const kill = (why: Failure) => {
    failure = why
    void end()
  }
  const end = async () => {
    watchdog.stop()
    await atMost(LAST_MS, endedThread(thread))
    gone(failure)
  }
  const memory = new MemoryWatch(thread, heapBytes, () =>
    kill({ message: 'it holds more memory than limits.worker_memory', reason: 'memory' }),
  )
  const rest = new ThreadRest(thread)
  const watchdog = new Lookout(() => {
    const { hasWaited, isResting } = rest.look()
    if (!isResting) memory.look()
    const message = stuck(hasWaited)
    if (message !== null) kill({ message, reason: 'timeout' })
    return !isResting
  }, LOOK_MS)
  return { post, end }
}

const inMainThread: Place = (data, _options, _stuck, listen, gone) => {
  const { port1, port2 } = new MessageChannel()
  const ended = (message: string) => gone({ message, reason: 'crash' })
  port1.on('message', listen)
  import(moduleUrl('src/runtime/sources/source-thread')).then(
    ({ serveSource }) => serveSource(port2, data),
    (error: Error) => ended(error.message),
  )
  return {
    post: message => port1.postMessage(message),
    end: async () => {
      port1.close()
      ended('it was ended')
    },
  }
}

/** Makes a look at a thread, that says whether its event loop has turned within a number of milliseconds. */
function stuckWatch(progress: Progress, patienceMs: number): (hasWaited: boolean) => boolean {
  const detector = new StallDetector(new ThreadClock(() => progress.read().thread))
  // One that never waits says that it turns no more often.
  const patience = Math.max(patienceMs, 2 * HEARTBEAT_MS)
  let beat = 0
  return hasWaited => {
    const { heartbeat } = progress.read()
    const moved = hasWaited || heartbeat !== beat
    beat = heartbeat
    return detector.look(moved) <= patience
  }
}
