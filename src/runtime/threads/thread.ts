import { createInterface } from 'node:readline'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { threadStart } from '../../loader/thread-start.ts'
import { LimitedLog } from './log-limit.ts'
import type { LogMessage, SuppressedMessage } from './messages.ts'
import { packed } from './packed-topics.ts'
import { resourceLimits } from './thread-memory.ts'

export interface ThreadOptions {
  /** The module of the thread, by its path below the root. It begins with {@link ownPort}. */
  module: string
  role: string
  /** The name of the thread in a debugger. */
  name: string
  /** `limits.worker_memory`, bytes. */
  workerMemory: number
  /** Log cause of the lines that plugins write to their console, and the limit of lines per second. */
  cause: string
  logLines: number
}

export interface ThreadEvents<Message> {
  /** It sent a message. If the message is invalid, the handler throws, which ends the thread. */
  message(message: Message | LogMessage | SuppressedMessage): void
  error(error: NodeJS.ErrnoException): void
  /** It has ended: called once, after its last message. */
  exit(): void
}

/**
 * Starts a thread that runs plugins. It has its own port, since any plugin can write to `parentPort`. Console output
 * becomes log lines, since with Node.js's own handling the main thread would have to wait for its reader.
 */
export function startThread<Message>(
  data: object,
  { module, role, name, workerMemory, cause, logLines }: ThreadOptions,
  { message, error, exit }: ThreadEvents<Message>,
): { thread: Worker; post(message: unknown): void } {
  const { port1, port2 } = new MessageChannel()
  const { url, workerData } = threadStart(module, { ...packed(data), role, port: port2 })
  const thread = new Worker(url, {
    workerData,
    transferList: [port2],
    name,
    resourceLimits: resourceLimits(workerMemory),
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
