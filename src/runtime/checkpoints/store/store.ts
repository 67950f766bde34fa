import { Worker } from 'node:worker_threads'
import { createError, type ErrorCode, MoodError } from '../../../catalogue/errors.ts'
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
import { withdraw, withdrawable } from './withdrawal.ts'

export interface StoreOptions {
  dir: string
  configuration: StoredConfiguration
  log(level: LogLevel, message: string, fields: Record<string, unknown>): void
  /** When a pass of the compaction begins. */
  compaction?: CompactionLimits
  /** Milliseconds to wait for an answer, instead of the times below. */
  timeout?: number
}

/** The content of a directory. */
export interface Restored extends Omit<RestoredBase, 'republish'> {
  terms: EncodedTerms[]
  /** Committed data that is lost, as sentences; also logged. */
  losses: string[]
  /** Windows that closed in committed epochs that were not published, in order. */
  republish: { epoch: number; closed: ClosedWindow[] }[]
}

/** The stored values of a plugin, as JSON. When a promise resolves, the change is durable. */
export interface PluginStore {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  delete(key: string): Promise<void>
  keys(): Promise<string[]>
}

const COMPACTION: CompactionLimits = { epochs: 60, bytes: 16 * 2 ** 20 }

/** How long to wait for an answer, in milliseconds. Reading or migrating a large state takes a few seconds. */
const ANSWER_MS = 30_000
const OPEN_MS = 300_000
const RESHAPE_MS = 120_000
const CLOSE_MS = 10_000

/**
 * Limits of any stored value as JSON and of its key, in UTF-16 units, also of the exporter's own; plugins have the
 * lower `STORE_LIMITS`.
 */
const VALUE_LENGTH = 2 ** 20
const KEY_LENGTH = 1000

interface Pending {
  resolve(answer: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** The store, for the main thread. */
export class Store {
  /** Resolves to the problem if the thread ends unexpectedly. */
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
   * Opens a directory, or creates one.
   * @returns `restored` is null if nothing was committed yet
   * @throws MoodError if it cannot be used
   */
  static async open(options: StoreOptions): Promise<{ store: Store; restored: Restored | null }> {
    const store = new Store(options)
    try {
      const { promise } = store.#opened
      if (!(await atMost(options.timeout ?? OPEN_MS, promise)))
        throw createError('ERR_STATE_UNWRITABLE', {
          path: options.dir,
          reason: 'it could not be opened in time',
        })
      return { store, restored: await promise }
    } catch (error) {
      await store.terminate()
      throw error
    }
  }

  /**
   * Makes an epoch durable. Numbers of epochs have no gaps; an epoch that is already committed is ignored, so that a
   * record can be committed again, unchanged, after a failure.
   * @throws CommitFailed if nothing of it was written, or no answer came in time
   */
  commit(record: EpochRecord): Promise<void> {
    return this.#ask('commit', { record })
  }

  /**
   * Adds events for outputs to the outbox, and marks an epoch and those before it as published. Resolves to the
   * events with their ids once that is durable; without events, at once. Publish epochs in order, each after the
   * previous call has resolved.
   * @throws CommitFailed
   */
  publish(epoch: number, events: OutputEvent[]): Promise<StoredEvent[]> {
    return this.#ask('publish', { epoch, events })
  }

  /**
   * Adds events that belong to no epoch to the outbox, and stores a value in the same transaction, for example that
   * the events were made. Resolves to the events with their ids once that is durable.
   * @throws CommitFailed
   */
  enqueue(events: OutputEvent[], mark: KeptValue | null): Promise<StoredEvent[]> {
    return this.#ask('enqueue', { events, mark })
  }

  /** Removes delivered events from the outbox, soon: after a crash some may still be there. */
  acknowledge(output: string, ids: readonly number[]): void {
    // If the thread has ended, `ended` says so.
    this.#ask('acknowledge', { output, ids: [...ids] }).catch(() => {})
  }

  /**
   * Migrates to another configuration, after all epochs of the old one are committed. Until it has resolved, no
   * epochs of the new one are committed; after a failure, call it again, with either.
   * @throws CommitFailed if nothing is migrated. No answer in time withdraws the request, so that a slow disk cannot
   * complete it later; one that is already being committed is awaited.
   */
  reshape(configuration: StoredConfiguration, timeout = RESHAPE_MS): Promise<void> {
    return this.#ask('reshape', { configuration, request: withdrawable() }, timeout)
  }

  /** @param plugin the owner of the values, one of the configuration's `plugins` */
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

  /** Completes the pending requests and closes the directory, within a few seconds. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#ask('close', {}, CLOSE_MS).catch(error =>
      this.#log('error', 'the stored state was not closed; the next start recovers it', {
        detail: (error as Error).message,
      }),
    )
    await this.terminate()
  }

  /** Ends its thread immediately. Unanswered requests may or may not be committed. */
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
        if ('request' in ask && !withdraw(ask.request)) return
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

/** The live state in a directory. Its terms are parsed when they are first read. */
export function restoredState(shape: StateShape, { base, frame, terms }: Restored): State {
  const state = State.decodeBase(shape, base)
  openSlices(state, frame)
  for (const each of terms) state.decodeTerms(each)
  return state
}
