import { isMainThread, type MessagePort, workerData } from 'node:worker_threads'
import { lockGlobals } from './lock-globals.ts'
import type { Port } from './messages.ts'
import { unpacked } from './packed-topics.ts'

/**
 * The port of a thread that was started with this role, and its data; null elsewhere. To be called before any plugin is
 * loaded: nothing else can use the port from then on, and what the runtime itself goes by cannot be replaced.
 */
export function ownPort<Data>(role: string): { port: Port; data: Data } | null {
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
