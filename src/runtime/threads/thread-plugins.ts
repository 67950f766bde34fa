import type { ContextParts } from '../../loader/instances.ts'
import type { MetricDefinitions } from '../../plugin/metrics.ts'
import { RecordedMetrics } from '../../plugin/recorded-metrics.ts'
import type { Json, PluginStore } from '../../plugin/store.ts'
import type { Port, StoreCall, StoreResult } from './messages.ts'

/** What the plugins of a thread record, and what they keep by way of the main thread. */
export class ThreadPlugins {
  readonly #port: Port
  readonly #recorded = new Map<string, RecordedMetrics>()
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>()
  #nextId = 1

  constructor(port: Port) {
    this.#port = port
  }

  readonly own: ContextParts['own'] = (owner, metrics: MetricDefinitions) => {
    const recorded = new RecordedMetrics(metrics)
    if (Object.keys(metrics).length > 0) this.#recorded.set(owner, recorded)
    return { metrics: recorded.metrics, store: this.#store(owner) }
  }

  /** What was recorded since the last call, by owner. */
  takeMetrics(): [owner: string, metrics: ReturnType<RecordedMetrics['take']>][] {
    return [...this.#recorded].flatMap(([owner, recorded]) => {
      const taken = recorded.take()
      return taken === null ? [] : [[owner, taken] as [string, typeof taken]]
    })
  }

  /** The result of a call of a store has come. */
  settle({ id, value, error }: StoreResult): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (error === undefined) pending?.resolve(value)
    else pending?.reject(new Error(error))
  }

  #store(owner: string): PluginStore {
    const call = (operation: StoreCall['operation'], key = '', value?: Json): Promise<unknown> => {
      const id = this.#nextId++
      const pending = Promise.withResolvers<unknown>()
      this.#pending.set(id, pending)
      this.#port.postMessage({ type: 'store', id, owner, operation, key, value } satisfies StoreCall)
      return pending.promise
    }
    return {
      get: key => call('get', key) as Promise<Json | undefined>,
      set: async (key, value) => void (await call('set', key, value)),
      delete: async key => void (await call('delete', key)),
      keys: () => call('keys') as Promise<string[]>,
    }
  }
}
