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
import { LEAST_WAITS } from './policy.ts'
import type { RecentIds } from './recent-ids.ts'
import { FIELDS, postsIn, recordOf, WHOLE_RETWEETS } from './record.ts'
import type { RuleSet } from './rules/rule-set.ts'
import type { Wanted } from './rules/wanted.ts'
import { timeOfId } from './snowflake.ts'
import { type Spending, whileSpent } from './spending.ts'
import type { StreamWriter } from './stream-writer.ts'

/** The maximum size of a message: a long post with a complete repeated one. */
const MAX_MESSAGE_BYTES = 1_048_576

/** How long a connection must last before a connection that X still counts may be ended again, in milliseconds. */
const MAY_END_AGAIN_MS = 10 * 60_000

/** How often the duration of the stream is recorded while there are no posts; milliseconds. */
const NOTE_MS = 30_000

/** How long rules are assumed to be unchanged, in milliseconds: others may change them. */
const RULES_HOLD_MS = 5 * 60_000

/** After a longer wait for room in the queue, the next posts count as old; milliseconds. */
const HELD_UP_MS = 1000

/** If nothing arrives for this time, everything that X had sent is read; milliseconds. */
const DRAINED_MS = 50

/** How many keys of a message of an unknown kind are logged. */
const SHOWN_KEYS = 10

export interface StreamSettings {
  api: Api
  rules: RuleSet
  /** Makes the rules of topics. */
  wanted: (topics: readonly TopicRule[]) => Wanted
  topics: readonly TopicRule[]
  spending: Spending
  /** Makes the reconnect policy; a new one each time. */
  policy: () => ReconnectPolicy
  url: string
  silenceMs: number
  wholeRetweets: boolean
  endStaleConnection: boolean
  /** How many posts each post represents: 1, unless X sends a sample. */
  weight: number
  maxRecordBytes: number
  /** When X's limit allows another connection, in Unix milliseconds; 0 for now. */
  nextAt: () => number
  /** Tracks the position, starting with that before a restart. */
  streamWriter: StreamWriter
  /** Recently received posts. */
  recent: RecentIds
  /** Null if gaps are not filled. */
  filler: GapFiller | null
  /** Called with the emitter of the run. */
  onRun: (emitter: Emitter) => void
  log: Log
  metrics: PluginMetrics<typeof metrics>
}

/** X's filtered stream: the topics are its rules, and each post comes with the rules that it matched. */
export class FilteredStream implements Source {
  readonly #settings: StreamSettings
  #topics: readonly TopicRule[]
  /** Whether X's rules may differ from the wanted ones. */
  #dirty = true
  /** When X's rules were last listed; by the clock of `performance.now`. */
  #checkedAt = Number.NEGATIVE_INFINITY
  /** The last change of rules; changes run one at a time. */
  #changing: Promise<unknown> = Promise.resolve()
  /** Why topics are not requested, as last logged. */
  #reasons = new Map<string, string>()
  #isEmpty = false
  /** Aborted when the source is stopped. */
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

  /** Keeps the stream open while the budget lasts. */
  async #stream(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { policy, url, silenceMs, log, metrics, spending, streamWriter } = this.#settings
    while (!signal.aborted) {
      const paused = await whileSpent({ budget: spending.budget, emitter, metrics, signal })
      if (signal.aborted) return
      if (paused > 0) {
        streamWriter.at ??= Date.now() - paused
        streamWriter.isSpent = true
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

  /** The stream is open: posts since the last read are missing, or to be read by the filler. */
  #opened(emitter: Emitter): void {
    const { streamWriter, filler } = this.#settings
    const now = Date.now()
    const { at, isSpent } = streamWriter
    if (at !== undefined) {
      // A clock may have been set back.
      const from = Math.min(at, now)
      // Posts beyond the budget must not be read at the cost of the next period.
      if (isSpent || !filler) emitter.gap('lost', now - from)
      else filler.add(from, now, emitter)
    }
    streamWriter.isSpent = false
    streamWriter.at = now
  }

  /** Changes the rules while the stream stays open. */
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
        // If X rejects the credentials, the stream stops too, and the rules are changed when it connects again.
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
      throw new Disconnect('other', `X is asked for none of the topics: ${[...this.#reasons][0]?.join(': ')}`)
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

  /** Opens the stream. If no further connection is allowed, one that X still counts is ended first. */
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
      // Only once: otherwise two exporters of the same app would end each other's connections forever.
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
    const { spending, streamWriter } = this.#settings
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
        // Without room nothing is read, so X buffers, and ends the stream if the backlog becomes too long.
        await connection.own(this.#emit(some, isHeldUp ? undefined : Date.now(), emitter))
        if (spending.budget.pausedUntil !== null) {
          streamWriter.isSpent = true
          // Committed for a restart.
          void streamWriter.write(emitter, []).catch(() => {})
          return isSpent()
        }
        if (connection.signal.aborted) return
      } else if (!isHeldUp) {
        streamWriter.at = Date.now()
        if (cameAt - notedAt >= NOTE_MS) {
          notedAt = cameAt
          // Up to now nothing was missed, even without posts: committed for a restart.
          await connection.own(streamWriter.write(emitter, []))
        }
      }
      askedAt = performance.now()
      if (askedAt - cameAt > HELD_UP_MS) isHeldUp = true
    }
    // After the last line end is half a message: it was cut off with the connection.
  }

  /**
   * Emits the posts in these lines.
   *
   * @param cameAt when they arrived, in Unix milliseconds; undefined if they have waited, so that their ids determine
   *   how far the stream was read
   */
  async #emit(lines: readonly string[], cameAt: number | undefined, emitter: Emitter): Promise<void> {
    const { rules, spending, maxRecordBytes, weight, streamWriter, recent, log, metrics } = this.#settings
    const records: string[] = []
    let readUpTo = cameAt ?? streamWriter.at ?? 0
    let posts = 0
    let ending: Disconnect | null = null
    for (const line of lines) {
      const message = objectIn(line)
      // Without its content: X's terms forbid keeping texts, and logs are often kept.
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
        // X may send new kinds of messages.
        log.debug('a message that is no post', { keys: Object.keys(message).slice(0, SHOWN_KEYS) })
      }
    }
    // X charges for them, whatever happens to them here.
    await spending.take(posts)
    if (records.length > 0)
      await streamWriter.write(emitter, records, () => {
        streamWriter.at = Math.min(readUpTo, Date.now())
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
    const reasons = new Map(refused.map(({ topic, reason }) => [topic, reason]))
    for (const { topic, reason, value } of refused)
      if (this.#reasons.get(topic) !== reason)
        log.error(
          `X is not asked for the topic "${topic}": ${reason}`,
          value === undefined ? {} : { rule: value },
        )
    this.#reasons = reasons
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
 * The reason in X's last message before it ends the stream; null for any other message.
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
