import { isMainThread, type MessagePort, workerData } from 'node:worker_threads'
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

const FUNCTIONS = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'structuredClone',
] as const

/** What the runtime calls while plugins are there. `Array`, `Promise` and the like are left to those who extend them. */
const OBJECTS = [
  JSON,
  Math,
  Atomics,
  Reflect,
  Object,
  Number,
  Date,
  Buffer,
  Object.getPrototypeOf(performance) as object,
  Map.prototype,
  Set.prototype,
]

/**
 * Makes what the runtime shares with plugins read-only: one that replaces `JSON.parse` or `setTimeout` fails with a
 * TypeError where it does so, instead of changing what is counted.
 */
function lockGlobals(): void {
  for (const name of FUNCTIONS) lock(globalThis, name)
  for (const object of OBJECTS) for (const name of Reflect.ownKeys(object)) lock(object, name)
}

function lock(object: object, name: string | symbol): void {
  const property = Object.getOwnPropertyDescriptor(object, name)
  if (!property?.configurable) return
  // A global that is made when it is first read is made now.
  const value = 'value' in property ? property.value : undefined
  if (typeof value === 'function')
    Object.defineProperty(object, name, { ...property, writable: false, configurable: false })
}
