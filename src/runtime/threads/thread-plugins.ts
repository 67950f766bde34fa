import { isDeepStrictEqual } from 'node:util'
import type { ContextParts } from '../../loader/instances.ts'
import { plainDefinitions } from '../../plugin/metric-definitions.ts'
import type { MetricDefinitions } from '../../plugin/metrics.ts'
import { type EncodedPluginMetrics, RecordedMetrics } from '../../plugin/recorded-metrics.ts'
import type { Json, PluginStore } from '../../plugin/store.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { DeclaredMetrics, Port, RecordedMessage, StoreCall, StoreResult } from './messages.ts'

/** How often recordings that belong to no delta are delivered, in milliseconds. */
const DELIVERY_MS = 1000

/** The metrics and stores of the plugins in a thread. The main thread keeps the stored values. */
export class ThreadPlugins {
  readonly #port: Port
  /** An instance may occur several times: each source creates its own instance of a format. */
  readonly #recorded: [owner: string, recorded: RecordedMetrics<MetricDefinitions>][] = []
  readonly #declared = new Map<string, DeclaredMetrics>()
  readonly #expected: ReadonlyMap<string, DeclaredMetrics> | null
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>()
  #nextId = 1
  #timer: NodeJS.Timeout | undefined

  /** @param expected the declarations to accept; any if absent. Recordings of other metrics are not delivered */
  constructor(port: Port, expected: readonly DeclaredMetrics[] | null = null) {
    this.#port = port
    this.#expected = expected && new Map(expected.map(declared => [declared.owner, declared]))
  }

  readonly own: ContextParts['own'] = (owner, { name, metrics = {} }) => {
    const recorded = new RecordedMetrics<MetricDefinitions>(metrics)
    if (Object.keys(metrics).length > 0) {
      const declared = { owner, plugin: name, metrics: plainDefinitions(metrics) }
      this.#declared.set(owner, declared)
      if (!this.#expected || isDeepStrictEqual(this.#expected.get(owner), declared))
        this.#recorded.push([owner, recorded])
    }
    return { metrics: recorded.metrics, store: this.#store(owner) }
  }

  /** The metrics that the plugins created so far declare. */
  get declared(): DeclaredMetrics[] {
    return [...this.#declared.values()]
  }

  /** The recordings since the last call, by owner. */
  takeMetrics(): EncodedPlugins {
    return this.#recorded.flatMap(([owner, recorded]) => {
      const taken = recorded.take()
      return taken === null ? [] : [[owner, taken] as [string, EncodedPluginMetrics]]
    })
  }

  /** Delivers the recordings, if there are any. */
  deliver(): void {
    const recorded = this.takeMetrics()
    if (recorded.length > 0) this.#port.postMessage({ type: 'recorded', recorded } satisfies RecordedMessage)
  }

  /** Delivers recordings about once a second while `isFree` returns true, until `stop`. */
  deliverRegularly(isFree: () => boolean = () => true): void {
    if (this.#recorded.length === 0) return
    this.#timer ??= setInterval(() => {
      if (isFree()) this.deliver()
    }, DELIVERY_MS).unref()
  }

  /** Delivers the remaining recordings. */
  stop(): void {
    clearInterval(this.#timer)
    this.deliver()
  }

  /** The result of a store call has arrived. */
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
