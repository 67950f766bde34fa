import { MessageChannel, Worker } from 'node:worker_threads'
import { type ErrorCode, MoodError } from '../errors.ts'
import { Progress } from '../pipeline/progress.ts'
import type { FromSource, SourceData, ToSource } from './messages.ts'
import { moduleUrl } from './registry.ts'

/** A thread whose event loop has not turned for this long is stuck, and ended; milliseconds. */
const STUCK_MS = 10_000

/** What a run tells beside how it began and ended. */
export type RunMessage = Exclude<FromSource, { type: 'created' | 'ended' | 'failed' }>

/** One run of a source, in a thread of its own or, for debugging, in the main one. */
export interface Run {
  post(message: ToSource): void
  /** Resolves when its `run` has ended, or its thread is gone; with what it failed of, or null. */
  ended: Promise<{ failure: string | null }>
  end(): Promise<void>
}

/** Makes a source without running it yet. Rejects with what is wrong with it. */
export async function beginRun(
  options: Omit<SourceData, 'heartbeat'>,
  { threaded, heapBytes }: { threaded: boolean; heapBytes: number },
  receive: (message: RunMessage) => void,
): Promise<Run> {
  const progress = new Progress()
  const data: SourceData = { ...options, heartbeat: progress.memory }
  const created = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<{ failure: string | null }>()
  let isCreated = false
  const listen = (message: FromSource) => {
    if (message.type === 'created') {
      isCreated = true
      created.resolve()
    } else if (message.type === 'ended') {
      ended.resolve({ failure: null })
    } else if (message.type === 'failed') {
      if (isCreated) ended.resolve({ failure: message.message })
      else created.reject(new MoodError(message.code as ErrorCode, message.message))
    } else {
      receive(message)
    }
  }
  const place = threaded ? inThread : inMainThread
  const { post, end } = place(data, heapBytes, progress, listen, message => {
    created.reject(new MoodError('ERR_PLUGIN_FAILED', `source ${options.spec.name}: ${message}`))
    ended.resolve({ failure: message })
  })
  try {
    await created.promise
  } catch (error) {
    await end()
    throw error
  }
  return { post, end, ended: ended.promise }
}

type Place = (
  data: SourceData,
  heapBytes: number,
  progress: Progress,
  listen: (message: FromSource) => void,
  gone: (why: string) => void,
) => Pick<Run, 'post' | 'end'>

const inThread: Place = (data, heapBytes, progress, listen, gone) => {
  const thread = new Worker(new URL(moduleUrl('src/host/source-thread')), {
    workerData: { ...data, role: 'source' },
    name: `source ${data.spec.name}`,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(heapBytes / 2 ** 20) },
  })
  let why = 'its thread ended'
  const watchdog = watch(progress, () => {
    why = `its thread has not answered for ${STUCK_MS / 1000} s`
    void thread.terminate()
  })
  thread.on('message', listen)
  thread.on('error', error => {
    why = error.message
  })
  thread.on('exit', () => {
    clearInterval(watchdog)
    gone(why)
  })
  return {
    post: message => thread.postMessage(message),
    end: async () => {
      await thread.terminate()
    },
  }
}

const inMainThread: Place = (data, _heapBytes, _progress, listen, gone) => {
  const { port1, port2 } = new MessageChannel()
  port1.on('message', listen)
  import(moduleUrl('src/host/source-thread')).then(
    ({ serveSource }) => serveSource(port2, data),
    (error: Error) => gone(error.message),
  )
  return { post: message => port1.postMessage(message), end: async () => port1.close() }
}

/** Calls `stuck` when a thread's event loop turns no more. */
function watch(progress: Progress, stuck: () => void): NodeJS.Timeout {
  let beat = -1
  let movedAt = performance.now()
  return setInterval(() => {
    const { heartbeat } = progress.read()
    if (heartbeat !== beat) {
      beat = heartbeat
      movedAt = performance.now()
    } else if (performance.now() - movedAt > STUCK_MS) {
      stuck()
    }
  }, 1000)
}
