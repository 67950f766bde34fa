import { isDeepStrictEqual } from 'node:util'
import type { ContextParts } from '../../loader/instances.ts'
import { plainDefinitions } from '../../plugin/metric-definitions.ts'
import type { MetricDefinitions } from '../../plugin/metrics.ts'
import { type EncodedPluginMetrics, RecordedMetrics } from '../../plugin/recorded-metrics.ts'
import type { Json, PluginStore } from '../../plugin/store.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { DeclaredMetrics, Port, RecordedMessage, StoreCall, StoreResult } from './messages.ts'

/** How often plugins' recordings are delivered that go with no delta, in milliseconds. */
const DELIVERY_MS = 1000

/** What the plugins of a thread record, and what they keep by way of the main thread. */
export class ThreadPlugins {
  readonly #port: Port
  /** An instance may be there several times: each source that takes a format makes one of it. */
  readonly #recorded: [owner: string, recorded: RecordedMetrics<MetricDefinitions>][] = []
  readonly #declared = new Map<string, DeclaredMetrics>()
  readonly #expected: ReadonlyMap<string, DeclaredMetrics> | null
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>()
  #nextId = 1
  #timer: NodeJS.Timeout | undefined

  /** @param expected what may be declared; anything where absent. Recordings in other metrics are not delivered */
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

  /** The metrics that the plugins declare which were made so far; of those that declare any. */
  get declared(): DeclaredMetrics[] {
    return [...this.#declared.values()]
  }

  /** What was recorded since the last call, by owner. */
  takeMetrics(): EncodedPlugins {
    return this.#recorded.flatMap(([owner, recorded]) => {
      const taken = recorded.take()
      return taken === null ? [] : [[owner, taken] as [string, EncodedPluginMetrics]]
    })
  }

  /** Delivers what was recorded, if anything was. */
  deliver(): void {
    const recorded = this.takeMetrics()
    if (recorded.length > 0) this.#port.postMessage({ type: 'recorded', recorded } satisfies RecordedMessage)
  }

  /** Delivers about once a second what was recorded, while `isFree` says so, until `stop`. */
  deliverRegularly(isFree: () => boolean = () => true): void {
    if (this.#recorded.length === 0) return
    this.#timer ??= setInterval(() => {
      if (isFree()) this.deliver()
    }, DELIVERY_MS).unref()
  }

  /** Delivers what is left. */
  stop(): void {
    clearInterval(this.#timer)
    this.deliver()
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
