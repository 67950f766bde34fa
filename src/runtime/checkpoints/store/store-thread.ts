import { setImmediate as turn } from 'node:timers/promises'
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { LogLevel } from '../../threads/messages.ts'
import { compact } from './compaction.ts'
import type { StoredConfiguration } from './configuration.ts'
import type { Database } from './database.ts'
import { pathsOf, sizeOf } from './directory.ts'
import { addEpoch } from './epochs.ts'
import { CommitFailed, failureReason, openError, sqliteCode } from './errors.ts'
import type {
  CompactionLimits,
  FromStore,
  OutputEvent,
  StoreData,
  StoreStatistics,
  ToStore,
} from './messages.ts'
import type { Migration } from './migrate.ts'
import { type OpenDirectory, openDirectory } from './open.ts'
import { adopt, restore, type StoredEvent } from './restore.ts'
import { beginCommit } from './withdrawal.ts'

/** At this size of the log, committed pages are moved into the file. */
const CHECKPOINT_BYTES = 4 * 2 ** 20

/** How long a write that need not be durable at once waits for a commit, in milliseconds. */
const LAZY_MS = 1000

/** The wait before a failed pass of the compaction is retried, in milliseconds. */
const RETRY_MS = 10_000

/** With this multiple of the epochs that begin a pass, commits are delayed, */
const BEHIND = 4

/** … each for this number of milliseconds. */
const CATCH_UP_MS = 100

type Write = Extract<ToStore, { type: 'commit' | 'publish' | 'enqueue' | 'acknowledge' | 'set' | 'delete' }>

/** The store's side: requests that arrive together are one transaction. */
class StoreServer {
  readonly #port: MessagePort
  readonly #dir: string
  readonly #open: OpenDirectory
  readonly #limits: CompactionLimits
  readonly #statistics: StoreStatistics = {
    commits: 0,
    epochs: 0,
    failures: { full: 0, io: 0, busy: 0 },
    lastCommitSeconds: 0,
    commitSeconds: 0,
    lastCommitAt: null,
    writtenBytes: 0,
    pendingEpochs: 0,
    databaseBytes: 0,
    logBytes: 0,
    compactions: 0,
    compactionSeconds: 0,
    compactionFailures: 0,
  }
  #configuration: StoredConfiguration
  readonly #queue: ToStore[] = []
  /** Writes that are part of the next commit. Nothing waits for them. */
  #lazy: Write[] = []
  #lazyTimer: NodeJS.Timeout | undefined
  #draining = false
  /**
   * Why the change of configuration failed. Until it succeeds, no epoch of the new configuration can be committed.
   */
  #notReshaped: CommitFailed | null = null
  #pass: Generator<void> | null = null
  #retryAt = 0
  #checkpointFailed = false
  #isClosed = false

  constructor(port: MessagePort, { dir, configuration, compaction }: StoreData, open: OpenDirectory) {
    this.#port = port
    this.#dir = dir
    this.#open = open
    this.#limits = compaction
    this.#configuration = configuration
    this.#measure()
  }

  receive(message: ToStore): void {
    const { tables } = this.#open.database
    if (message.type === 'get')
      this.#tried(message, () => tables.pluginStore.get(message.plugin, message.key)?.[2])
    else if (message.type === 'keys')
      this.#tried(message, () =>
        tables.pluginStore.select<[string]>('key', 'plugin = ?', message.plugin).map(([key]) => key),
      )
    else if (message.type === 'acknowledge') this.#later(message)
    else if (message.type === 'publish' && message.events.length === 0) {
      // It also marks all epochs before its own.
      this.#lazy = this.#lazy.filter(({ type }) => type !== 'publish')
      this.#later(message)
    } else {
      this.#queue.push(message)
      this.#schedule()
    }
  }

  #later(write: Write): void {
    this.#lazy.push(write)
    this.#answer(write.id, write.type === 'publish' ? [] : undefined)
    this.#lazyTimer ??= setTimeout(() => this.#schedule(), LAZY_MS)
  }

  /** Requests that have arrived by then are one transaction. */
  #schedule(): void {
    if (this.#draining) return
    this.#draining = true
    setImmediate(() => {
      this.#draining = false
      this.#drain()
    })
  }

  #drain(): void {
    const isWrite = (message: ToStore): message is Write =>
      message.type !== 'reshape' && message.type !== 'close'
    do {
      const end = this.#queue.findIndex(message => !isWrite(message))
      const writes = this.#queue.splice(0, end < 0 ? this.#queue.length : end) as Write[]
      const lazy = this.#lazy
      this.#lazy = []
      clearTimeout(this.#lazyTimer)
      this.#lazyTimer = undefined
      if (lazy.length + writes.length > 0) this.#write(lazy, writes)
      const next = this.#queue.shift()
      if (next?.type === 'reshape') this.#reshape(next)
      if (next?.type === 'close') this.#close(next.id)
    } while (this.#queue.length > 0)
    if (this.#isClosed) return
    this.#checkpoint()
    this.#compact()
  }

  #write(lazy: Write[], writes: Write[]): void {
    const began = performance.now()
    const all = [...lazy, ...writes]
    let answers: unknown[]
    let bytes = 0
    try {
      answers = this.#open.database.transaction(true, () =>
        all.map(write => {
          const { answer, size } = this.#apply(write)
          bytes += size
          return answer
        }),
      )
    } catch (error) {
      // A request that always fails must not prevent the others.
      if (!isOfTheDisk(error) && all.length > 1) {
        for (const write of all)
          this.#write(lazy.includes(write) ? [write] : [], lazy.includes(write) ? [] : [write])
        return
      }
      if (isOfTheDisk(error)) this.#lazy.unshift(...lazy)
      this.#failed(writes, error)
      return
    }
    const seconds = (performance.now() - began) / 1000
    const { database, marker } = this.#open
    try {
      if (database.epoch !== null) marker.write(database.epoch)
    } catch (error) {
      this.#log('warn', 'the file `committed` could not be written', { detail: (error as Error).message })
    }
    const statistics = this.#statistics
    statistics.commits++
    statistics.epochs += writes.filter(({ type }) => type === 'commit').length
    statistics.lastCommitSeconds = seconds
    statistics.commitSeconds += seconds
    statistics.lastCommitAt = Date.now()
    statistics.writtenBytes += bytes
    this.#measure()
    for (const [i, { id }] of writes.entries()) this.#answer(id, answers[lazy.length + i])
  }

  #apply(write: Write): { answer?: StoredEvent[]; size: number } {
    const { database } = this.#open
    const { tables } = database
    switch (write.type) {
      case 'commit': {
        if (this.#notReshaped) throw this.#notReshaped
        const size = addEpoch(database, write.record)
        if (this.#configuration.known.outputs.size === 0) database.published = database.epoch
        return { size }
      }
      case 'publish': {
        const answer = this.#put(write.events)
        database.published = Math.max(database.published ?? write.epoch, write.epoch)
        tables.closed.deleteWhere('epoch <= ?', write.epoch)
        return { answer, size: 0 }
      }
      case 'enqueue': {
        const answer = this.#put(write.events)
        if (write.mark) tables.pluginStore.put([write.mark.plugin, write.mark.key, write.mark.value])
        return { answer, size: 0 }
      }
      case 'acknowledge':
        for (const id of write.ids) tables.outbox.deleteWhere('id = ? AND output = ?', id, write.output)
        return { size: 0 }
      case 'set':
        tables.pluginStore.put([write.plugin, write.key, write.value])
        return { size: write.value.length }
      case 'delete':
        tables.pluginStore.delete(write.plugin, write.key)
        return { size: 0 }
    }
  }

  #put(events: readonly OutputEvent[]): StoredEvent[] {
    const { database } = this.#open
    return events.map(({ output, event }) => {
      const id = database.nextEvent++
      database.tables.outbox.add([id, output, JSON.stringify(event) ?? 'null'])
      return { id, output, event }
    })
  }

  #reshape({ id, configuration, request }: Extract<ToStore, { type: 'reshape' }>): void {
    this.#pass = null
    try {
      const migration = adopt(this.#open.database, configuration, () => {
        if (!beginCommit(request)) throw new CommitFailed('busy', 'the change of configuration was withdrawn')
      })
      this.#configuration = configuration
      this.#notReshaped = null
      if (migration) this.logMigration(migration)
      this.#answer(id, undefined)
    } catch (error) {
      this.#notReshaped = new CommitFailed(failureReason(error), (error as Error).message)
      this.#fail(id, error)
    }
    this.#measure()
  }

  logMigration({ kept, left }: Migration): void {
    this.#log('info', 'the stored state was counted with another configuration', { kept, left })
  }

  /** Begins a pass if enough committed epochs are not compacted. */
  #compact(): void {
    if (this.#pass || this.#isClosed || performance.now() < this.#retryAt) return
    const { database } = this.#open
    const epochs = database.tables.epochs.total[0]
    if (epochs === 0 || (epochs < this.#limits.epochs && pendingBytes(database) < this.#limits.bytes)) return
    const pass = compact(database, this.#configuration, what =>
      this.#log('warn', 'a part of the state was left out of its snapshot', { what }),
    )
    this.#pass = pass
    void this.#run(pass)
  }

  get #isBehind(): boolean {
    return this.#open.database.tables.epochs.total[0] > BEHIND * this.#limits.epochs
  }

  async #run(pass: Generator<void>): Promise<void> {
    let seconds = 0
    try {
      for (;;) {
        await turn()
        // Another configuration, or the end, interrupted it: the next pass skips completed steps.
        if (this.#pass !== pass) return
        const began = performance.now()
        let done: boolean | undefined
        // If epochs come faster than they are compacted, commits wait.
        const until = began + (this.#isBehind ? CATCH_UP_MS : 0)
        do ({ done } = pass.next())
        while (!done && performance.now() < until)
        seconds += (performance.now() - began) / 1000
        if (done) break
        this.#checkpoint()
      }
      this.#statistics.compactions++
    } catch (error) {
      this.#statistics.compactionFailures++
      this.#retryAt = performance.now() + RETRY_MS
      this.#log('error', 'the stored state could not be compacted; retrying', {
        detail: (error as Error).message,
      })
    }
    this.#statistics.compactionSeconds += seconds
    this.#pass = null
    this.#measure()
    this.#compact()
  }

  /** Runs between commits, so that none waits for the pages of others. */
  #checkpoint(): void {
    if (this.#isClosed || sizeOf(`${pathsOf(this.#dir).database}-wal`) < CHECKPOINT_BYTES) return
    try {
      this.#open.database.checkpoint()
      this.#checkpointFailed = false
    } catch (error) {
      if (!this.#checkpointFailed)
        this.#log('error', 'the log of the stored state could not be moved into its file; retrying', {
          detail: (error as Error).message,
        })
      this.#checkpointFailed = true
    }
  }

  #close(id: number): void {
    this.#pass = null
    this.#isClosed = true
    const { database, marker, lock } = this.#open
    database.close()
    marker.close()
    lock.close()
    this.#answer(id, undefined)
  }

  #tried(message: ToStore, work: () => unknown): void {
    try {
      this.#answer(message.id, work())
    } catch (error) {
      this.#fail(message.id, error)
    }
  }

  #failed(writes: Write[], error: unknown): void {
    for (const { id } of writes) this.#fail(id, error)
    this.#measure()
  }

  #fail(id: number, error: unknown): void {
    const { message } = error as Error
    const reason =
      error instanceof CommitFailed ? error.reason : isOfTheDisk(error) ? failureReason(error) : null
    if (reason) this.#statistics.failures[reason]++
    this.#send({ type: 'failed', id, reason, message })
  }

  #measure(): void {
    const { database } = pathsOf(this.#dir)
    this.#statistics.pendingEpochs = this.#open.database.tables.epochs.total[0]
    this.#statistics.databaseBytes = sizeOf(database)
    this.#statistics.logBytes = sizeOf(`${database}-wal`)
    this.#send({ type: 'statistics', statistics: this.#statistics })
  }

  #answer(id: number, answer: unknown): void {
    this.#send({ type: 'answer', id, answer })
  }

  #log(level: LogLevel, message: string, fields: Record<string, unknown>): void {
    this.#send({ type: 'log', level, message, fields })
  }

  #send(message: FromStore): void {
    this.#port.postMessage(message)
  }
}

const pendingBytes = ({ tables }: Database): number =>
  tables.epochs.select<[number]>('bytes').reduce((total, [bytes]) => total + bytes, 0)

const isOfTheDisk = (error: unknown): boolean =>
  error instanceof CommitFailed ||
  sqliteCode(error) !== undefined ||
  (error as NodeJS.ErrnoException).syscall !== undefined

/** Opens the directory and sends its contents, then serves requests. */
function serveStore(port: MessagePort, data: StoreData): void {
  const send = (message: FromStore, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
  try {
    const open = openDirectory(data.dir, data.configuration)
    for (const loss of open.losses)
      send({ type: 'log', level: 'error', message: 'a part of the stored state is lost', fields: { loss } })
    let restored = null
    if (open.database.epoch !== null) {
      const { base, terms } = restore(open.database, data.configuration)
      for (const chunk of terms) send({ type: 'terms', chunk }, [chunk.bytes])
      restored = base
    }
    const server = new StoreServer(port, data, open)
    if (open.migration) server.logMigration(open.migration)
    port.on('message', (message: ToStore) => server.receive(message))
    send({ type: 'opened', restored, losses: open.losses })
  } catch (error) {
    const { code, message } = openError(data.dir, error)
    send({ type: 'refused', code, message })
  }
}

if (!isMainThread && parentPort && (workerData as { role?: string })?.role === 'store') {
  serveStore(parentPort, workerData as StoreData)
}
