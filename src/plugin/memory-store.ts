import { checkStoreRoom, encodeStored, type Json, type PluginStore } from './store.ts'

/** A store in memory: for tests, and if the configuration has no `state` directory. */
export class MemoryStore implements PluginStore {
  /** Values as JSON text, so that they are copies. */
  readonly #values = new Map<string, string>()

  async get(key: string): Promise<Json | undefined> {
    const json = this.#values.get(key)
    return json === undefined ? undefined : JSON.parse(json)
  }

  async set(key: string, value: Json): Promise<void> {
    const json = encodeStored(key, value)
    if (!this.#values.has(key)) checkStoreRoom(key, this.#values.size)
    this.#values.set(key, json)
  }

  async delete(key: string): Promise<void> {
    this.#values.delete(key)
  }

  async keys(): Promise<string[]> {
    return [...this.#values.keys()].sort()
  }
}
