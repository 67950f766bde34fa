import { MemoryStore } from '../plugin/memory-store.ts'
import { RecordedMetrics } from '../plugin/recorded-metrics.ts'
import type { ContextParts } from './instances.ts'

/** What plugins record and keep where nothing exports or stores it: in memory, for as long as the instance lives. */
export const inMemory: ContextParts['own'] = (_owner, { metrics = {} }) => ({
  metrics: new RecordedMetrics(metrics).metrics,
  store: new MemoryStore(),
})
