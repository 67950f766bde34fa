import { MessageChannel } from 'node:worker_threads'
import { createError, type ErrorCode, MoodError } from '../../catalogue/errors.ts'
import { moduleUrl } from '../../loader/registry.ts'
import { HEARTBEAT_MS, ThreadActivity } from '../../pipeline/thread-activity.ts'
import { atMost } from '../threads/at-most.ts'
import { ended as endedThread } from '../threads/lingering.ts'
import { Lookout } from '../threads/lookout.ts'
import type { DeclaredMetrics, FromSource, SourceData, ToSource } from '../threads/messages.ts'
import { StallDetector } from '../threads/stall-detector.ts'
import { startThread } from '../threads/thread.ts'
import { ThreadClock } from '../threads/thread-clock.ts'
import { MemoryWatch } from '../threads/thread-memory.ts'
import { ThreadRest } from '../threads/thread-rest.ts'

/** How often a thread is checked, in milliseconds. */
const LOOK_MS = 100

/** A thread that does not end on request (it is in a system call) is abandoned after this many milliseconds. */
const LAST_MS = 2000

/** Why a run failed. */
export interface Failure {
  message: string
  /** It threw, its event loop was blocked, its thread was ended from within, or it used too much memory. */
  reason: 'threw' | 'timeout' | 'crash' | 'memory'
}

/** The messages of a run, except those about its start and end. */
export type RunMessage = Exclude<FromSource, { type: 'created' | 'ended' | 'failed' | 'closed' }>

/** One run of a source, in its own thread or, for debugging, in the main thread. */
export interface Run {
  /** The options that can change while it runs. */
  changeable: readonly string[]
  /** Its declared metrics. */
  metrics: readonly DeclaredMetrics[]
  post(message: ToSource): void
  /** Resolves when its `run` has ended, or its thread is gone; to the failure, or null. */
  ended: Promise<Failure | null>
  /** Closes the source, which may take this number of milliseconds, and ends its thread. */
  close(graceMs: number): Promise<void>
}

/** The thread of a source may be stalled for this multiple of `limits.plugin_timeout`. */
const PATIENCE = 10

export interface RunOptions {
  threaded: boolean
  workerMemory: number
  /** `limits.plugin_timeout`, milliseconds. A thread whose event loop is blocked for {@link PATIENCE} times that is ended. */
  pluginTimeout: number
  /** `limits.create_timeout`, milliseconds. */
  createTimeout: number
}

/**
 * Creates a source without running it. Rejects with the problem.
 *
 * @param receive called with its messages, also before it is created, and with a function to answer
 * @param start starts the thread
 */
export async function beginRun(
  options: Omit<SourceData, 'heartbeat'>,
  runOptions: RunOptions,
  receive: (message: RunMessage, reply: (message: ToSource) => void) => void,
  start: typeof startThread = startThread,
): Promise<Run> {
  const activity = new ThreadActivity()
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
    created.reject(
      createError('ERR_PLUGIN_FAILED', {
        kind: 'source',
        name: options.spec.name,
        reason: failure.message,
      }),
    )
    ended.resolve(failure)
    closed.resolve()
  }
  const place = runOptions.threaded ? inThread : inMainThread
  const isTurning = stuckWatch(activity, PATIENCE * runOptions.pluginTimeout)
  const creation = new StallDetector(new ThreadClock(() => activity.read().thread))
  const stuck = (hasWaited: boolean) => {
    if (isCreated) return isTurning(hasWaited) ? null : 'its thread has not answered for too long'
    if (creation.look(false) <= runOptions.createTimeout) return null
    return `it was not created within limits.create_timeout, ${runOptions.createTimeout / 1000} s`
  }
  const data: SourceData = { ...options, heartbeat: activity.memory }
  const { post, end } = place(data, runOptions, stuck, listen, gone, start)
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
  /** Why it is stuck, given whether its event loop has waited since the last check; null if it is not. */
  stuck: (hasWaited: boolean) => string | null,
  listen: (message: FromSource) => void,
  gone: (failure: Failure) => void,
  start: typeof startThread,
) => { post(message: ToSource): void; end(): Promise<void> }

const inThread: Place = (data, { workerMemory }, stuck, listen, gone, start) => {
  let failure: Failure = { message: 'its thread ended', reason: 'crash' }
  const name = `source ${data.spec.name}`
  const { thread, post } = start<FromSource>(
    data,
    {
      module: 'src/runtime/sources/source-thread',
      role: 'source',
      name,
      workerMemory,
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
  const memory = new MemoryWatch(thread, workerMemory, () =>
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

/** Makes a function that checks whether the event loop of a thread has turned within a number of milliseconds. */
function stuckWatch(activity: ThreadActivity, patienceMs: number): (hasWaited: boolean) => boolean {
  const detector = new StallDetector(new ThreadClock(() => activity.read().thread))
  // A thread that never waits reports no more often.
  const patience = Math.max(patienceMs, 2 * HEARTBEAT_MS)
  let beat = 0
  return hasWaited => {
    const { heartbeat } = activity.read()
    const moved = hasWaited || heartbeat !== beat
    beat = heartbeat
    return detector.look(moved) <= patience
  }
}
