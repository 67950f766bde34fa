import { shown } from './shown.ts'

/** Plain data, as JSON can hold it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Small state that a plugin keeps over restarts: a refresh token, a rule's id, a used-up budget. Not for posts or
 * positions.
 *
 * With a `state` directory the values are on disk and belong to the plugin's kind and instance name: they survive
 * restarts and reloads, and the instances of a scorer, format or extractor in several workers share them; the last
 * write wins. Without one they are in memory, and end with the exporter.
 *
 * Call it from `create` until `close`. Calls may overlap, and take effect in the order in which they were made. A
 * rejected call has changed nothing.
 */
export interface PluginStore {
  /** The value of a key; undefined if there is none. Rejects if the store cannot be read. */
  get(key: string): Promise<Json | undefined>
  /**
   * Sets a key to a copy of the value. Resolves once it is durable: synced to disk, if there is a `state` directory.
   * Rejects with a TypeError if the value is not JSON, with a RangeError if the key, the value or the number of keys
   * exceeds {@link STORE_LIMITS}, and if the disk is full or cannot be written.
   */
  set(key: string, value: Json): Promise<void>
  /** Removes a key. Resolves once that is durable, also if there is no such key. Rejects as `set` does. */
  delete(key: string): Promise<void>
  /** All keys, sorted. Rejects if the store cannot be read. */
  keys(): Promise<string[]>
}

/** Limits of the store of one plugin instance. */
export const STORE_LIMITS = {
  /** UTF-16 units of a key. */
  keyLength: 200,
  /** Bytes of a value as JSON in UTF-8. */
  valueBytes: 65_536,
  keys: 1000,
} as const

/**
 * A value of the store as JSON text, for implementations of {@link PluginStore}.
 *
 * @throws TypeError, RangeError if the key or the value cannot be stored
 */
export function encodeStored(key: string, value: Json): string {
  if (typeof key !== 'string' || key === '')
    throw new TypeError(`store: expected a key as text that is not empty, got ${shown(key)}`)
  if (key.length > STORE_LIMITS.keyLength)
    throw new RangeError(
      `store: expected a key of up to ${STORE_LIMITS.keyLength} characters, got ${key.length}`,
    )
  const json = JSON.stringify(value, refuseInexact(key))
  if (json === undefined) throw new TypeError(`store: ${key}: expected JSON, got ${shown(value)}`)
  const bytes = Buffer.byteLength(json)
  if (bytes > STORE_LIMITS.valueBytes)
    throw new RangeError(
      `store: ${key}: expected a value of up to ${STORE_LIMITS.valueBytes} bytes, got ${bytes}`,
    )
  return json
}

/** JSON.stringify would turn these into null, or leave them out. */
const refuseInexact = (key: string) => (_: string, value: unknown) => {
  const isInexact =
    (typeof value === 'number' && !Number.isFinite(value)) ||
    typeof value === 'bigint' ||
    typeof value === 'function' ||
    typeof value === 'symbol'
  if (isInexact) throw new TypeError(`store: ${key}: expected JSON, got ${shown(value)}`)
  return value
}

/** @throws RangeError if the store has no room for another key */
export function checkStoreRoom(key: string, keys: number): void {
  if (keys >= STORE_LIMITS.keys)
    throw new RangeError(
      `store: ${key}: expected up to ${STORE_LIMITS.keys} keys, there are ${keys}: delete some`,
    )
}
