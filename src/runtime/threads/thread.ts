import { createInterface } from 'node:readline'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { threadStart } from '../../loader/thread-start.ts'
import { LimitedLog } from './log-limit.ts'
import type { LogMessage, SuppressedMessage } from './messages.ts'
import { packed } from './packed-topics.ts'
import { resourceLimits } from './thread-memory.ts'

export interface ThreadOptions {
  /** The module that runs there, by its path below the root. It begins with {@link ownPort}. */
  module: string
  role: string
  /** What the thread is called in a debugger. */
  name: string
  /** The most that it may hold. */
  heapBytes: number
  /** What lines are limited by that plugins write to their console, and how many a second. */
  cause: string
  logLines: number
}

export interface ThreadEvents<Message> {
  /** It sent something. What cannot be used ends the thread: the handler throws then. */
  message(message: Message | LogMessage | SuppressedMessage): void
  error(error: NodeJS.ErrnoException): void
  /** It is gone: called once, after its last message. */
  exit(): void
}

/**
 * Starts a thread that runs plugins. It talks by a port of its own, as `parentPort` is there for every plugin to write
 * to; what it writes to its console becomes log lines, as Node.js would have the main thread wait for their reader.
 */
export function startThread<Message>(
  data: object,
  { module, role, name, heapBytes, cause, logLines }: ThreadOptions,
  { message, error, exit }: ThreadEvents<Message>,
): { thread: Worker; post(message: unknown): void } {
  const { port1, port2 } = new MessageChannel()
  const { url, workerData } = threadStart(module, { ...packed(data), role, port: port2 })
  const thread = new Worker(url, {
    workerData,
    transferList: [port2],
    name,
    resourceLimits: resourceLimits(heapBytes),
    stdout: true,
    stderr: true,
  })
  const receive = (received: unknown) => {
    try {
      message(received as Message)
    } catch (thrown) {
      error(new Error(`its message is invalid: ${(thrown as Error).message}`))
      void thread.terminate()
    }
  }
  port1.on('message', receive)
  const log = new LimitedLog({ postMessage: receive, on() {} }, logLines)
  for (const [stream, level] of [
    [thread.stdout, 'info'],
    [thread.stderr, 'warn'],
  ] as const)
    createInterface({ input: stream }).on('line', line =>
      log.write(level, cause, 'a plugin wrote to its console', { line }),
    )
  thread.on('error', error)
  thread.on('exit', () => {
    for (let left = receiveMessageOnPort(port1); left; left = receiveMessageOnPort(port1))
      receive(left.message)
    port1.close()
    exit()
  })
  return { thread, post: posted => port1.postMessage(posted) }
}
