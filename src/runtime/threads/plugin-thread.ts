import { MessageChannel } from 'node:worker_threads'
import { moduleUrl } from '../../loader/registry.ts'
import { messageOf } from '../../plugin/message-of.ts'
import { atMost } from './at-most.ts'
import { ended } from './lingering.ts'
import { Lookout } from './lookout.ts'
import type { Port } from './messages.ts'
import { startThread } from './thread.ts'
import { MemoryWatch } from './thread-memory.ts'
import { ThreadRest } from './thread-rest.ts'

/** How often the memory of a thread is checked, in milliseconds. */
const LOOK_MS = 100

/** A thread in a system call does not end: it is abandoned after this number of milliseconds. */
const LAST_MS = 2000

/** Why a thread has ended. */
export interface Failure {
  message: string
  /** It threw, it hung, it was ended from within, or it used too much memory. */
  reason: 'threw' | 'timeout' | 'crash' | 'memory'
}

export interface PluginThreadOptions {
  /**
   * The module of the thread, by its path below the root. It exports `serve(port, data)`, and calls it itself if
   * `ownPort` is that of the role below.
   */
  module: string
  role: string
  /** The name of the thread in a debugger. */
  name: string
  workerMemory: number
  /** Log lines per second for each cause. */
  logLines: number
  /** False runs it in the main thread, for debugging. */
  threaded: boolean
}

/** A thread that serves a plugin, or the main thread in its place. */
export interface PluginThread {
  post(message: object): void
  /** Ends it for this reason. Resolves when it has ended. */
  end(why?: Failure): Promise<void>
}

export interface PluginThreadEvents<Message> {
  message(message: Message): void
  /** It has ended: called once, after the last message. */
  gone(failure: Failure): void
}

const ENDED: Failure = { message: 'its thread ended', reason: 'crash' }

/** @param start starts the thread */
export function startPluginThread<Message>(
  data: object,
  options: PluginThreadOptions,
  events: PluginThreadEvents<Message>,
  start: typeof startThread = startThread,
): PluginThread {
  let isGone = false
  const once = {
    message: (message: Message) => {
      if (!isGone) events.message(message)
    },
    gone: (failure: Failure) => {
      if (isGone) return
      isGone = true
      events.gone(failure)
    },
  }
  return options.threaded ? inThread(data, options, once, start) : inMainThread(data, options, once)
}

function inThread<Message>(
  data: object,
  { module, role, name, workerMemory, logLines }: PluginThreadOptions,
  { message, gone }: PluginThreadEvents<Message>,
  start: typeof startThread,
): PluginThread {
  let failure = ENDED
  const { thread, post } = start<Message>(
    data,
    { module, role, name, workerMemory, cause: name, logLines },
    {
      message: received => message(received as Message),
      error: error => {
        const reason = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'threw'
        failure = { message: messageOf(error), reason }
      },
      exit: () => {
        watchdog.stop()
        gone(failure)
      },
    },
  )
  const end = async (why: Failure = failure) => {
    failure = why
    watchdog.stop()
    await atMost(LAST_MS, ended(thread))
    gone(failure)
  }
  const memory = new MemoryWatch(thread, workerMemory, () => {
    void end({ message: 'it holds more memory than limits.worker_memory', reason: 'memory' })
  })
  const rest = new ThreadRest(thread)
  const watchdog = new Lookout(() => {
    const { isResting } = rest.look()
    if (!isResting) memory.look()
    return !isResting
  }, LOOK_MS)
  return { post, end }
}

function inMainThread<Message>(
  data: object,
  { module }: PluginThreadOptions,
  { message, gone }: PluginThreadEvents<Message>,
): PluginThread {
  const { port1, port2 } = new MessageChannel()
  port1.on('message', message)
  const end = async (why = ENDED) => {
    port1.close()
    gone(why)
  }
  import(moduleUrl(module)).then(
    ({ serve }: { serve(port: Port, data: object): unknown }) => serve(port2, data),
    error => end({ message: messageOf(error), reason: 'crash' }),
  )
  return { post: posted => port1.postMessage(posted), end }
}
