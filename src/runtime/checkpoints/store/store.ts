import { Worker } from 'node:worker_threads'
import { type ErrorCode, MoodError } from '../../../catalogue/errors.ts'
import { threadStart } from '../../../loader/thread-start.ts'
import type { ClosedWindow } from '../../../state/event-window.ts'
import type { StateShape } from '../../../state/shape.ts'
import { type EncodedTerms, State } from '../../../state/state.ts'
import { decodeMoods } from '../../../state/window-slices.ts'
import { atMost } from '../../threads/at-most.ts'
import type { LogLevel } from '../../threads/messages.ts'
import type { EpochRecord } from '../epoch-record.ts'
import { openSlices } from './base.ts'
import type { StoredConfiguration } from './configuration.ts'
import { CommitFailed } from './errors.ts'
import type {
  CompactionLimits,
  FromStore,
  KeptValue,
  OutputEvent,
  Requests,
  RequestType,
  StoreData,
  StoreStatistics,
} from './messages.ts'
import { type RestoredBase, type StoredEvent, termsIn } from './restore.ts'

export interface StoreOptions {
  dir: string
  configuration: StoredConfiguration
  log(level: LogLevel, message: string, fields: Record<string, unknown>): void
  /** When a pass of the compaction begins. */
  compaction?: CompactionLimits
  /** Milliseconds to wait for an answer, instead of the times below. */
  timeout?: number
}

/** What a directory held. */
export interface Restored extends Omit<RestoredBase, 'republish'> {
  terms: EncodedTerms[]
  /** What was committed and is no longer there, as sentences; they are logged, too. */
  losses: string[]
  /** Windows that closed in epochs that were committed and not published, in order. */
  republish: { epoch: number; closed: ClosedWindow[] }[]
}

/** Values that a plugin keeps, as JSON. A promise that has resolved is durable. */
export interface PluginStore {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  delete(key: string): Promise<void>
  keys(): Promise<string[]>
}

const COMPACTION: CompactionLimits = { epochs: 60, bytes: 16 * 2 ** 20 }

/** Milliseconds to wait for an answer. A large state is read, or goes over to another configuration, in a few seconds. */
const ANSWER_MS = 30_000
const OPEN_MS = 300_000
const RESHAPE_MS = 120_000
const CLOSE_MS = 10_000

/** Characters of a plugin's value as JSON, and of its key. */
const VALUE_LENGTH = 2 ** 20
const KEY_LENGTH = 1000

interface Pending {
  resolve(answer: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** The store as the main thread sees it. */
export class Store {
  /** Resolves to what was wrong when its thread has ended without being asked to. */
  readonly ended: Promise<Error>
  readonly #thread: Worker
  readonly #log: StoreOptions['log']
  readonly #timeout: number | undefined
  readonly #pending = new Map<number, Pending>()
  readonly #opened = Promise.withResolvers<Restored | null>()
  readonly #terms: EncodedTerms[] = []
  #lastId = 0
  #statistics: StoreStatistics | null = null
  #failure: Error | null = null
  #closing = false

  private constructor({ dir, configuration, log, compaction = COMPACTION, timeout }: StoreOptions) {
    this.#log = log
    this.#timeout = timeout
    const data: StoreData = { role: 'store', dir, configuration, compaction }
    const { url, workerData } = threadStart('src/runtime/checkpoints/store/store-thread', data)
    const thread = new Worker(url, { workerData, name: 'store' })
    this.#thread = thread
    const { promise, resolve } = Promise.withResolvers<Error>()
    this.ended = promise
    thread.on('message', (message: FromStore) => this.#receive(message))
    thread.on('error', error => {
      this.#failure = error
    })
    thread.on('exit', () => {
      this.#failure ??= new Error('the thread of the store has ended')
      this.#opened.reject(this.#failure)
      this.#rejectAll()
      if (!this.#closing) resolve(this.#failure)
    })
  }

  /**
   * Opens a directory, or begins one.
   * @returns `restored` is null where nothing was committed yet
   * @throws MoodError where it cannot be used as it is
   */
  static async open(options: StoreOptions): Promise<{ store: Store; restored: Restored | null }> {
    const store = new Store(options)
    try {
      const { promise } = store.#opened
      if (!(await atMost(options.timeout ?? OPEN_MS, promise)))
        throw new MoodError('ERR_STATE_UNWRITABLE', `${options.dir}: it could not be opened in time`)
      return { store, restored: await promise }
    } catch (error) {
      await store.terminate()
      throw error
    }
  }

  /**
   * Makes an epoch durable. Epochs are numbered without gaps; one that is committed already is left as it is, so that a
   * record can be committed again after a failure, unchanged.
   * @throws CommitFailed where nothing of it was written, or no answer came in time
   */
  commit(record: EpochRecord): Promise<void> {
    return this.#ask('commit', { record })
  }

  /**
   * Puts events for outputs into the outbox and marks an epoch, and those before it, as published. Resolves once that is
   * durable, to the events with their ids; one without events resolves at once. Epochs are published in order, each once
   * the one before has resolved.
   * @throws CommitFailed
   */
  publish(epoch: number, events: OutputEvent[]): Promise<StoredEvent[]> {
    return this.#ask('publish', { epoch, events })
  }

  /**
   * Puts events into the outbox that belong to no epoch, and keeps a value in the same transaction: one that says, such
   * as, that the events were made. Resolves once that is durable, to the events with their ids.
   * @throws CommitFailed
   */
  enqueue(events: OutputEvent[], mark: KeptValue | null): Promise<StoredEvent[]> {
    return this.#ask('enqueue', { events, mark })
  }

  /** Takes events that were delivered out of the outbox, soon: after a crash they may be there once more. */
  acknowledge(output: string, ids: readonly number[]): void {
    // Where the thread has ended, `ended` says so.
    this.#ask('acknowledge', { output, ids: [...ids] }).catch(() => {})
  }

  /**
   * Goes over to another configuration, after all epochs that were counted with the old one are committed. Until it has
   * resolved, epochs of the new one are not committed; after a failure it is asked again.
   * @throws CommitFailed
   */
  reshape(configuration: StoredConfiguration): Promise<void> {
    return this.#ask('reshape', { configuration }, RESHAPE_MS)
  }

  /** @param plugin the name under which the values are kept, of those in the configuration's `plugins` */
  pluginStore(plugin: string): PluginStore {
    return {
      get: async key => {
        const value = await this.#ask('get', { plugin, key })
        return value === undefined ? undefined : JSON.parse(value)
      },
      set: async (key, value) => {
        const encoded = JSON.stringify(value)
        if (encoded === undefined) throw new TypeError(`the value of ${key} is not JSON`)
        if (key.length > KEY_LENGTH) throw new RangeError(`the key is longer than ${KEY_LENGTH} characters`)
        if (encoded.length > VALUE_LENGTH)
          throw new RangeError(`the value of ${key} is longer than ${VALUE_LENGTH} characters`)
        await this.#ask('set', { plugin, key, value: encoded })
      },
      delete: key => this.#ask('delete', { plugin, key }),
      keys: () => this.#ask('keys', { plugin }),
    }
  }

  /** Null until it is open. */
  statistics(): StoreStatistics | null {
    return this.#statistics
  }

  /** Writes what it was asked to and closes the directory, within a few seconds. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#ask('close', {}, CLOSE_MS).catch(error =>
      this.#log('error', 'the stored state was not closed; the next start recovers it', {
        detail: (error as Error).message,
      }),
    )
    await this.terminate()
  }

  /** Ends its thread at once, wherever it is. What was not answered may or may not be committed. */
  async terminate(): Promise<void> {
    this.#closing = true
    await this.#thread.terminate()
  }

  #ask<Type extends RequestType>(
    type: Type,
    ask: Requests[Type]['ask'],
    timeout = ANSWER_MS,
  ): Promise<Requests[Type]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(new CommitFailed('io', this.#failure.message))
      const id = ++this.#lastId
      const ms = this.#timeout ?? timeout
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new CommitFailed('busy', `the store did not answer within ${ms / 1000} s`))
      }, ms)
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject, timer })
      this.#thread.postMessage({ id, type, ...ask })
    })
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    clearTimeout(pending?.timer)
    this.#pending.delete(id)
    return pending
  }

  #rejectAll(): void {
    for (const id of [...this.#pending.keys()])
      this.#settle(id)?.reject(new CommitFailed('io', (this.#failure as Error).message))
  }

  #receive(message: FromStore): void {
    if (message.type === 'terms') for (const each of termsIn(message.chunk)) this.#terms.push(each)
    else if (message.type === 'opened')
      this.#opened.resolve(message.restored && this.#restored(message.restored, message.losses))
    else if (message.type === 'refused')
      this.#opened.reject(new MoodError(message.code as ErrorCode, message.message))
    else if (message.type === 'answer') this.#settle(message.id)?.resolve(message.answer)
    else if (message.type === 'failed')
      this.#settle(message.id)?.reject(
        message.reason ? new CommitFailed(message.reason, message.message) : new Error(message.message),
      )
    else if (message.type === 'statistics') this.#statistics = message.statistics
    else this.#log(message.level, message.message, message.fields)
  }

  #restored(base: RestoredBase, losses: string[]): Restored {
    return {
      ...base,
      losses,
      terms: this.#terms.splice(0),
      republish: base.republish.map(({ epoch, closed }) => ({
        epoch,
        closed: closed.map(({ label, start, end, moods }) => ({
          label,
          start,
          end,
          moods: decodeMoods(moods),
        })),
      })),
    }
  }
}

/** The live state that a directory held. Its terms are read when they are first asked for. */
export function restoredState(shape: StateShape, { base, frame, terms }: Restored): State {
  const state = State.decodeBase(shape, base)
  openSlices(state, frame)
  for (const each of terms) state.decodeTerms(each)
  return state
}
