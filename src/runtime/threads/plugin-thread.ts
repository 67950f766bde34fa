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

/** How often the memory of a thread is looked at, in milliseconds. */
const LOOK_MS = 100

/** A thread that waits for a system call does not end: it is abandoned after this number of milliseconds. */
const LAST_MS = 2000

/** Why a thread is gone. */
export interface Failure {
  message: string
  /** It threw, it stopped answering, it was ended from within, or it held too much memory. */
  reason: 'threw' | 'timeout' | 'crash' | 'memory'
}

export interface PluginThreadOptions {
  /**
   * The module that runs there, by its path below the root. It exports `serve(port, data)`, and calls it itself where
   * `ownPort` is that of the role below.
   */
  module: string
  role: string
  /** What the thread is called in a debugger. */
  name: string
  heapBytes: number
  /** Log lines a second for each cause. */
  logLines: number
  /** False runs it in the main thread, for debugging. */
  threaded: boolean
}

/** A thread that serves a plugin, or the main one in its place. */
export interface PluginThread {
  post(message: object): void
  /** Ends it, for this reason. Resolves when it is gone. */
  end(why?: Failure): Promise<void>
}

export interface PluginThreadEvents<Message> {
  message(message: Message): void
  /** It is gone: called once, after the last message. */
  gone(failure: Failure): void
}

const ENDED: Failure = { message: 'its thread ended', reason: 'crash' }

export function startPluginThread<Message>(
  data: object,
  options: PluginThreadOptions,
  events: PluginThreadEvents<Message>,
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
  return options.threaded ? inThread(data, options, once) : inMainThread(data, options, once)
}

function inThread<Message>(
  data: object,
  { module, role, name, heapBytes, logLines }: PluginThreadOptions,
  { message, gone }: PluginThreadEvents<Message>,
): PluginThread {
  let failure = ENDED
  const { thread, post } = startThread<Message>(
    data,
    { module, role, name, heapBytes, cause: name, logLines },
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
  const memory = new MemoryWatch(thread, heapBytes, () => {
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
