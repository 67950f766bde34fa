import { isMainThread, type MessagePort, workerData } from 'node:worker_threads'
import { lockGlobals } from './lock-globals.ts'
import type { Port } from './messages.ts'
import { unpacked } from './packed-topics.ts'

/** What {@link ownPort} uses of its thread. */
export interface OwnThread {
  isMainThread: boolean
  workerData: unknown
  lockGlobals(): void
}

const THREAD: OwnThread = { isMainThread, workerData, lockGlobals }

/**
 * The port and data of a thread that was started with this role; null elsewhere. Call it before any plugin is loaded:
 * afterwards nothing else can use the port, and plugins cannot replace the functions that the runtime uses.
 */
export function ownPort<Data>(
  role: string,
  { isMainThread, workerData, lockGlobals }: OwnThread = THREAD,
): { port: Port; data: Data } | null {
  const given = workerData as { role?: string; port?: MessagePort } | null
  if (isMainThread || given?.role !== role || !given.port) return null
  const { port } = given
  delete given.port
  const post = port.postMessage.bind(port)
  lockGlobals()
  return {
    port: { postMessage: message => post(message), on: (event, listener) => port.on(event, listener) },
    data: unpacked<Data>(given),
  }
}
