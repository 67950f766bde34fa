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
 * Makes what the runtime shares with plugins read-only: one that replaces `JSON.parse` or `setTimeout` fails with a
 * TypeError where it does so, instead of changing what is counted.
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
  // A global that is made when it is first read is made now.
  const value = 'value' in property ? property.value : undefined
  if (typeof value === 'function')
    Object.defineProperty(object, name, { ...property, writable: false, configurable: false })
}

/** How often V8 must have read through a prototype before it optimises it. */
const READS = 20

/**
 * V8 keeps an object in dictionary mode once its properties were redefined one by one, and then no longer inlines
 * `Math.imul`: a scorer that hashes words took half as long again. An object that serves as a prototype gets its fast
 * properties back.
 *
 * @see https://v8.dev/blog/fast-properties
 */
function restoreFastProperties(object: object): void {
  const derived = Object.create(object) as object
  for (let i = 0; i < READS; i++) void derived.constructor
}
