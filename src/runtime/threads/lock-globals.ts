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

/**
 * Objects that the runtime uses while plugins run. `Array`, `Promise` and similar are left out, since plugins may
 * extend them.
 */
export const OBJECTS = [
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
 * Makes shared globals read-only: a plugin that replaces `JSON.parse` or `setTimeout` gets a TypeError, instead of
 * changing what is counted.
 */
export function lockGlobals(): void {
  for (const name of FUNCTIONS) lock(globalThis, name)
  for (const object of OBJECTS) {
    for (const name of Reflect.ownKeys(object)) lock(object, name)
    restoreFastProperties(object)
  }
}

function lock(object: object, name: string | symbol): void {
  const property = Object.getOwnPropertyDescriptor(object, name)
  if (!property?.configurable) return
  // A lazily created global is created now.
  const value = 'value' in property ? property.value : undefined
  if (typeof value === 'function')
    Object.defineProperty(object, name, { ...property, writable: false, configurable: false })
}

/** How often V8 must read through a prototype before it optimises it. */
const READS = 20

/**
 * Redefining properties one by one puts an object into V8's dictionary mode, in which `Math.imul` is no longer
 * inlined: a scorer that hashes words took half as long again. Using the object as a prototype restores its fast
 * properties.
 *
 * @see https://v8.dev/blog/fast-properties
 */
function restoreFastProperties(object: object): void {
  const derived = Object.create(object) as object
  for (let i = 0; i < READS; i++) void derived.constructor
}
