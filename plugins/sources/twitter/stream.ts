import {
  type Connection,
  Disconnect,
  type Emitter,
  isObject,
  type JsonObject,
  LineSplitter,
  type Log,
  type PluginMetrics,
  parseJson,
  type ReconnectPolicy,
  reconnecting,
  type Source,
  sleep,
  type TopicRule,
} from 'mood-exporter/plugin'
import type { Api, OpenStream } from './api.ts'
import { problemText, TooManyConnections } from './failure.ts'
import type { GapFiller } from './filler.ts'
import type { metrics } from './metrics.ts'
import { whileSpent } from './pause.ts'
import { LEAST_WAITS } from './policy.ts'
import type { Progress } from './progress.ts'
import type { RecentIds } from './recent-ids.ts'
import { FIELDS, postsIn, recordOf, WHOLE_RETWEETS } from './record.ts'
import type { RuleSet } from './rules/rule-set.ts'
import type { Wanted } from './rules/wanted.ts'
import { timeOfId } from './snowflake.ts'
import type { Spending } from './spending.ts'

/** The longest message that is read: a long post, with the whole of one that it repeats. */
const MAX_MESSAGE_BYTES = 1_048_576

/** How long a connection has to hold before one that X still counts may be ended again, in milliseconds. */
const MAY_END_AGAIN_MS = 10 * 60_000

/** How often it is noted how long the stream has held, where there are no posts; milliseconds. */
const NOTE_MS = 30_000

/** How long rules are taken to be what they were, in milliseconds: others may change them. */
const RULES_HOLD_MS = 5 * 60_000

/** A wait for room in the queue that is longer makes what is read next old; milliseconds. */
const HELD_UP_MS = 1000

/** Once nothing has come for so long, all that X had sent is read; milliseconds. */
const DRAINED_MS = 50

/** Keys of a message of a kind to come that are logged. */
const SHOWN_KEYS = 10

export interface StreamSettings {
  api: Api
  rules: RuleSet
  /** The rules of these topics. */
  wanted: (topics: readonly TopicRule[]) => Wanted
  topics: readonly TopicRule[]
  spending: Spending
  /** When to connect again; a new one each time. */
  policy: () => ReconnectPolicy
  url: string
  silenceMs: number
  wholeRetweets: boolean
  endStaleConnection: boolean
  /** What each post adds to the volume: 1, unless X sends a sample. */
  weight: number
  maxRecordBytes: number
  /** When X's limit allows to connect again, in Unix milliseconds; 0 for at once. */
  nextAt: () => number
  /** How far it was read before a restart. */
  progress: Progress
  /** Posts that were received of late. */
  recent: RecentIds
  /** Null where gaps are not to be filled. */
  filler: GapFiller | null
  /** Called with the emitter that it runs into. */
  onRun: (emitter: Emitter) => void
  log: Log
  metrics: PluginMetrics<typeof metrics>
}

/** X's filtered stream: the topics are its rules, and each post comes with those that it matched. */
export class FilteredStream implements Source {
  readonly #settings: StreamSettings
  #topics: readonly TopicRule[]
  /** Whether X may have other rules than are wanted. */
  #dirty = true
  /** When it was last looked what rules X has; by the clock of `performance.now`. */
  #checkedAt = Number.NEGATIVE_INFINITY
  /** The last change of rules: one after the other. */
  #changing: Promise<unknown> = Promise.resolve()
  /** Why topics are not asked for, as it was last logged. */
  #complaints = new Map<string, string>()
  #isEmpty = false
  /** Aborted once the source is stopped. */
  #stopped: AbortSignal | null = null
  #mayEndStale = true

  constructor(settings: StreamSettings) {
    this.#settings = settings
    this.#topics = settings.topics
  }

  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { onRun, filler } = this.#settings
    onRun(emitter)
    this.#stopped = signal
    const failed = new AbortController()
    const ended = AbortSignal.any([signal, failed.signal])
    const parts = [this.#stream(emitter, ended), ...(filler ? [filler.run(emitter, ended)] : [])]
    await Promise.all(parts).finally(() => failed.abort())
  }

  /** Keeps the stream open, as long as the budget lasts. */
  async #stream(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { policy, url, silenceMs, log, metrics, spending, progress } = this.#settings
    while (!signal.aborted) {
      const paused = await whileSpent({ budget: spending.budget, emitter, metrics, signal })
      if (signal.aborted) return
      if (paused > 0) {
        progress.at ??= Date.now() - paused
        progress.isSpent = true
      }
      spending.refresh()
      const spent = new AbortController()
      const ended = AbortSignal.any([signal, spent.signal])
      await reconnecting(
        { policy: policy(), emitter, signal: ended, log, peer: url, silentMs: silenceMs, resumes: true },
        connection => this.#connect(connection, emitter, () => spent.abort()),
      )
    }
  }

  /** The stream is open: what was written since it was read last is missing, or to be read otherwise. */
  #opened(emitter: Emitter): void {
    const { progress, filler } = this.#settings
    const now = Date.now()
    const { at, isSpent } = progress
    if (at !== undefined) {
      // A clock may have been set back.
      const from = Math.min(at, now)
      // What the budget did not cover is not to be read at the cost of the next period.
      if (isSpent || !filler) emitter.gap('lost', now - from)
      else filler.add(from, now, emitter)
    }
    progress.isSpent = false
    progress.at = now
  }

  /** Changes the rules, while the stream stays open. */
  async topics(topics: readonly TopicRule[]): Promise<void> {
    this.#topics = topics
    this.#settings.filler?.topics(topics)
    this.#dirty = true
    const signal = this.#stopped
    if (signal === null) return
    const policy = this.#settings.policy()
    while (this.#dirty && !signal.aborted) {
      try {
        await this.#applyRules()
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof Disconnect)) throw error
        const wait = policy.down(error)
        this.#settings.log.warn(`the rules could not be changed: ${error.message}`)
        // With credentials that X rejects the stream stops too, and the rules are changed once it connects again.
        if (wait === Number.POSITIVE_INFINITY) return
        await sleep(wait, signal)
      }
    }
  }

  async close(): Promise<void> {
    await this.#settings.spending.close()
  }

  async #connect(connection: Connection, emitter: Emitter, isSpent: () => void): Promise<void> {
    if (performance.now() - this.#checkedAt > RULES_HOLD_MS) this.#dirty = true
    if (this.#dirty) await connection.own(this.#applyRules())
    if (connection.signal.aborted) return
    if (this.#isEmpty)
      throw new Disconnect(
        'other',
        `X is asked for none of the topics: ${[...this.#complaints][0]?.join(': ')}`,
      )
    const stream = await this.#open(connection)
    connection.up()
    this.#opened(emitter)
    const heldSince = performance.now()
    try {
      await this.#read(stream, connection, emitter, isSpent)
    } finally {
      if (performance.now() - heldSince >= MAY_END_AGAIN_MS) this.#mayEndStale = true
      stream.close()
    }
  }

  /** Opens the stream. One that X still counts is ended first where there may be no other. */
  async #open(connection: Connection): Promise<OpenStream> {
    const { api, wholeRetweets, endStaleConnection, nextAt, log, metrics } = this.#settings
    const retryAfter = nextAt() - Date.now()
    if (retryAfter > 0)
      throw new Disconnect('slow_down', 'X allows no more connections until its limit is reset', {
        retryAfter,
      })
    const query = { ...FIELDS, ...(wholeRetweets ? WHOLE_RETWEETS : {}) }
    const open = () => api.open(query, connection.signal)
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof TooManyConnections) || !endStaleConnection || !this.#mayEndStale) throw error
      // Once only: another exporter of the same app would else be answered in kind, for ever.
      this.#mayEndStale = false
      log.warn('X counts a connection of this app as open and allows no other: ending it')
      try {
        await api.delete('connections')
      } catch (failed) {
        log.warn(`the connection could not be ended: ${(failed as Error).message}`)
        throw error
      }
      metrics.stale_connections_ended.add(1)
      connection.heard()
      return await open()
    }
  }

  async #read(
    { body }: OpenStream,
    connection: Connection,
    emitter: Emitter,
    isSpent: () => void,
  ): Promise<void> {
    const { spending, progress } = this.#settings
    let lines: string[] = []
    let notedAt = performance.now()
    let askedAt = performance.now()
    let isHeldUp = false
    const splitter = new LineSplitter(MAX_MESSAGE_BYTES, {
      line: bytes => void lines.push(Buffer.from(bytes).toString('utf8')),
      oversized: () => emitter.drop('oversized'),
    })
    for await (const chunk of body) {
      connection.heard()
      const cameAt = performance.now()
      if (cameAt - askedAt > DRAINED_MS) isHeldUp = false
      splitter.write(chunk)
      const some = lines
      lines = []
      if (some.length > 0) {
        // While there is no room nothing is read, so X keeps what comes, and ends the stream if that is too much.
        await connection.own(this.#emit(some, isHeldUp ? undefined : Date.now(), emitter))
        if (spending.budget.pausedUntil !== null) {
          progress.isSpent = true
          // A restart is to know.
          void progress.write(emitter, []).catch(() => {})
          return isSpent()
        }
        if (connection.signal.aborted) return
      } else if (!isHeldUp) {
        progress.at = Date.now()
        if (cameAt - notedAt >= NOTE_MS) {
          notedAt = cameAt
          // Nothing was missed up to now, however quiet it is: a restart is to know.
          await connection.own(progress.write(emitter, []))
        }
      }
      askedAt = performance.now()
      if (askedAt - cameAt > HELD_UP_MS) isHeldUp = true
    }
    // What follows the last line end is half a message: it was cut off with the connection.
  }

  /**
   * Hands over the posts among these lines.
   *
   * @param cameAt when they came, in Unix milliseconds; undefined where they have waited, so that their ids say how far
   *   the stream is read
   */
  async #emit(lines: readonly string[], cameAt: number | undefined, emitter: Emitter): Promise<void> {
    const { rules, spending, maxRecordBytes, weight, progress, recent, log, metrics } = this.#settings
    const records: string[] = []
    let readUpTo = cameAt ?? progress.at ?? 0
    let posts = 0
    let ending: Disconnect | null = null
    for (const line of lines) {
      const message = objectIn(line)
      // Not with what it says: texts of X are not to be kept, and logs often are.
      if (message === null) emitter.drop('invalid')
      else if (isObject(message.data)) {
        posts += postsIn(message)
        const { id } = message.data
        if (typeof id === 'string' && /^\d+$/.test(id)) {
          recent.add(id)
          if (cameAt === undefined) readUpTo = Math.max(readUpTo, timeOfId(BigInt(id)))
        }
        const topics = rules.topicsOf(message.matching_rules)
        for (const topic of topics) metrics.volume_posts.add(weight, { topic })
        records.push(recordOf(message.data, message.includes, topics, maxRecordBytes))
      } else {
        ending = endingIn(message)
        if (ending) break
        // X may send messages of kinds to come.
        log.debug('a message that is no post', { keys: Object.keys(message).slice(0, SHOWN_KEYS) })
      }
    }
    // X charges for them, whatever becomes of them here.
    await spending.take(posts)
    if (records.length > 0)
      await progress.write(emitter, records, () => {
        progress.at = Math.min(readUpTo, Date.now())
      })
    if (ending) throw ending
  }

  #applyRules(): Promise<void> {
    const next = this.#changing.then(() => this.#change())
    this.#changing = next.catch(() => {})
    return next
  }

  async #change(): Promise<void> {
    const { rules, wanted, log, metrics } = this.#settings
    if (!this.#dirty) return
    const topics = this.#topics
    const { added, removed, rules: ours, refused, isEmpty } = await rules.apply(wanted(topics))
    this.#checkedAt = performance.now()
    // Another reload may have come meanwhile.
    this.#dirty = topics !== this.#topics
    this.#isEmpty = isEmpty
    metrics.rules.set(ours.length)
    metrics.refused_topics.set(new Set(refused.map(({ topic }) => topic)).size)
    const counts = { added: added.length, removed: removed.length, rules: ours.length }
    if (added.length + removed.length > 0) log.info('the rules were changed', counts)
    const complaints = new Map(refused.map(({ topic, reason }) => [topic, reason]))
    for (const { topic, reason, value } of refused)
      if (this.#complaints.get(topic) !== reason)
        log.error(
          `X is not asked for the topic "${topic}": ${reason}`,
          value === undefined ? {} : { rule: value },
        )
    this.#complaints = complaints
  }
}

function objectIn(line: string): JsonObject | null {
  try {
    const value = parseJson(line)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/**
 * What X says before it ends the stream; null for what it does not say that with.
 *
 * @see https://docs.x.com/x-api/posts/filtered-stream/integrate/handling-disconnections
 */
function endingIn(message: JsonObject): Disconnect | null {
  const problems = [message, ...(Array.isArray(message.errors) ? message.errors : [])].filter(isObject)
  const problem = problems.find(({ title, type }) => typeof title === 'string' && typeof type === 'string')
  if (!problem) return null
  const text = problemText(problem)
  if (problem.connection_issue === 'TooManyConnections')
    return new TooManyConnections('slow_down', text, { retryAfter: LEAST_WAITS.slow_down })
  return new Disconnect('closed', text)
}
