import { MemoryStore } from '../plugin/memory-store.ts'
import { RecordedMetrics } from '../plugin/recorded-metrics.ts'
import type { ContextParts } from './instances.ts'

/** Metrics and store of a plugin that are neither exported nor stored: in memory, for the life of the instance. */
export const inMemory: ContextParts['own'] = (_owner, { metrics = {} }) => ({
  metrics: new RecordedMetrics(metrics).metrics,
  store: new MemoryStore(),
})
