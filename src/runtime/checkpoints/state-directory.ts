import { MemoryStore } from '../../plugin/memory-store.ts'
import { messageOf } from '../../plugin/message-of.ts'
import type { Position } from '../../plugin/source.ts'
import { checkStoreRoom, encodeStored, type Json, type PluginStore } from '../../plugin/store.ts'
import { State } from '../../state/state.ts'
import type { ExporterLog } from '../log.ts'
import type { ResolvedConfig } from '../resolved-config.ts'
import type { StoreCall, StoreResult } from '../threads/messages.ts'
import type { EpochRecord } from './epoch-record.ts'
import { RANKINGS, REPORTS } from './kept.ts'
import type { StoredConfiguration } from './store/configuration.ts'
import { CommitFailed, type FailureReason } from './store/errors.ts'
import type { StoreStatistics } from './store/messages.ts'
import { type Restored, restoredState, Store } from './store/store.ts'

/** Owners of the exporter's own stored values. */
const KEPT = [REPORTS, RANKINGS]

/** The initial state of the exporter, and its directory, if one is configured. */
export class StateDirectory {
  readonly state: State
  /** Null without a state directory. */
  readonly store: Store | null
  /** The number of the last committed record. */
  readonly lastRecord: number
  /** Last committed positions, by source and partition. */
  readonly positions: ReadonlyMap<string, ReadonlyMap<string, Position>>
  /** Events that an earlier run has not delivered. */
  readonly restored: Pick<Restored, 'outbox' | 'republish'> | null
  /** Whether counts of an earlier run were restored. */
  readonly isRestored: boolean
  readonly #log: ExporterLog
  readonly #memory = new Map<string, PluginStore>()
  /** The current one. */
  #configuration: StoredConfiguration
  /** A change of it failed: the store may have the other one, and takes no record until it has this one again. */
  #isInDoubt = false
  /** Why the last commit failed; null if it succeeded. */
  #failure: FailureReason | null = null
  /** Failed commits, by reason. */
  readonly failures: Record<FailureReason, number> = { full: 0, io: 0, busy: 0 }

  private constructor(
    log: ExporterLog,
    resolved: ResolvedConfig,
    store: Store | null,
    restored: Restored | null,
  ) {
    const { shape, workerConfig } = resolved
    this.#log = log
    this.#configuration = storedConfiguration(resolved)
    this.store = store
    this.state = restored ? restoredState(shape, restored) : new State(shape)
    this.lastRecord = restored?.epoch ?? 0
    this.positions = positionsOf(restored)
    this.isRestored = restored !== null
    this.restored = restored && { outbox: restored.outbox, republish: restored.republish }
    // Threads share this memory, so it is written in place.
    if (restored?.ids && workerConfig.seenIds?.byteLength === restored.ids.byteLength)
      new Int32Array(workerConfig.seenIds).set(new Int32Array(restored.ids))
  }

  /** @throws MoodError if the directory cannot be used */
  static async open(resolved: ResolvedConfig, log: ExporterLog): Promise<StateDirectory> {
    if (!resolved.state) return new StateDirectory(log, resolved, null, null)
    const { dir } = resolved.state
    const startedAt = performance.now()
    const { store, restored } = await Store.open({
      dir,
      configuration: storedConfiguration(resolved),
      log: (level, message, fields) => log[level](fields, message),
    })
    try {
      const directory = new StateDirectory(log, resolved, store, restored)
      const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(2))
      if (restored) log.info({ dir, epoch: restored.epoch, seconds }, 'the state was restored')
      else log.info({ dir }, 'there is no state yet: counting from zero')
      return directory
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** Why commits currently fail; null if they do not. */
  get failure(): FailureReason | null {
    return this.#failure
  }

  get statistics(): StoreStatistics | null {
    return this.store?.statistics() ?? null
  }

  /** Records that a commit failed; logged once. */
  commitFailed(error: Error): void {
    const reason = error instanceof CommitFailed ? error.reason : 'io'
    this.failures[reason]++
    if (this.#failure !== reason)
      this.#log.error(
        { reason, error: error.message },
        'the state cannot be written: the last committed counts are shown, and the commit is retried',
      )
    this.#failure = reason
  }

  /** Records that a commit succeeded. */
  committed(): void {
    if (this.#failure) this.#log.info({}, 'the state can be written again')
    this.#failure = null
  }

  /** Makes a record of the current configuration durable. @throws CommitFailed */
  async commit(record: EpochRecord): Promise<void> {
    if (this.#isInDoubt) {
      await this.store?.reshape(this.#configuration)
      this.#isInDoubt = false
    }
    await this.store?.commit(record)
  }

  /** Changes to another configuration. Nothing may be in flight. If it rejects, the current one is kept. */
  async reshape(resolved: ResolvedConfig): Promise<void> {
    const next = storedConfiguration(resolved)
    try {
      await this.store?.reshape(next)
    } catch (error) {
      this.#isInDoubt = true
      throw error
    }
    this.#configuration = next
    this.#isInDoubt = false
    this.state.reshape(resolved.shape, resolved.known)
  }

  /** The exporter's own values under an owner. */
  kept(name: string): PluginStore {
    return this.#storeOf(name)
  }

  /** Handles a call of a plugin to its store. */
  async call({ id, owner, operation, key, value }: StoreCall): Promise<StoreResult> {
    try {
      const store = this.#storeOf(owner)
      if (operation === 'set') await store.set(key, value as Json)
      else if (operation === 'delete') await store.delete(key)
      else
        return { type: 'stored', id, value: operation === 'get' ? await store.get(key) : await store.keys() }
      return { type: 'stored', id }
    } catch (error) {
      return { type: 'stored', id, error: messageOf(error) }
    }
  }

  async close(_graceMs?: number): Promise<void> {
    await this.store?.close()
  }

  #storeOf(owner: string): PluginStore {
    const known = this.#memory.get(owner)
    if (known) return known
    const made = this.store ? durable(this.store, owner) : new MemoryStore()
    this.#memory.set(owner, made)
    return made
  }
}

/** A plugin's store on disk, with the limits of every store. */
function durable(store: Store, owner: string): PluginStore {
  const stored = store.pluginStore(owner)
  return {
    get: key => stored.get(key) as Promise<Json | undefined>,
    async set(key, value) {
      encodeStored(key, value)
      const keys = await stored.keys()
      if (!keys.includes(key)) checkStoreRoom(key, keys.length)
      await stored.set(key, value)
    },
    delete: key => stored.delete(key),
    keys: async () => (await stored.keys()).sort(),
  }
}

/** The part of the configuration on which the stored state depends. */
function storedConfiguration({ shape, known, workerConfig }: ResolvedConfig): StoredConfiguration {
  const owners = [
    ...workerConfig.sources.map(({ name }) => `source ${name}`),
    ...workerConfig.sources.map(({ format }) => `format ${format.name}`),
    ...workerConfig.scorers.map(({ name }) => `scorer ${name}`),
    ...workerConfig.extractors.map(({ name }) => `extractor ${name}`),
    ...[...known.outputs].map(name => `output ${name}`),
    ...KEPT,
  ]
  return {
    shape,
    known,
    idsBytes: workerConfig.seenIds?.byteLength ?? 0,
    plugins: new Set(owners),
  }
}

function positionsOf(restored: Restored | null): Map<string, Map<string, Position>> {
  const positions = new Map<string, Map<string, Position>>()
  for (const [source, partition, position] of restored?.positions ?? []) {
    const known = positions.get(source)
    if (known) known.set(partition, position)
    else positions.set(source, new Map([[partition, position]]))
  }
  return positions
}
