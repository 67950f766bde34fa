import { createHash } from 'node:crypto'
import {
  type Connection,
  Disconnect,
  type Emitter,
  isObject,
  type Log,
  type Position,
  pointerReader,
} from 'mood-exporter/plugin'
import { datedUrl, fetchPage, isSameService, linkIn, type Page, type PageRequest } from './fetch-page.ts'
import type { PollOptions } from './options.ts'

export interface PollerSettings extends PollOptions {
  headers: Record<string, string>
  secrets: Record<string, string>
  hasCredentials: boolean
  spend(signal: AbortSignal): Promise<void>
  log: Log
}

/** The result of a poll. */
export interface Polled {
  /** How long the service asks for no further request, in milliseconds; 0 if it does not say. */
  restMs: number
}

/** Polls one URL, and remembers what it has read. */
export class Poller {
  readonly #settings: PollerSettings
  readonly #emitter: Emitter
  readonly #sinceOf: (value: unknown) => unknown
  readonly #nextOf: (value: unknown) => unknown
  #position: PollPosition | null

  constructor(settings: PollerSettings, emitter: Emitter, position: PollPosition | null) {
    this.#settings = settings
    this.#emitter = emitter
    this.#position = position
    this.#sinceOf = pointerReader(settings.since?.from ?? '')
    this.#nextOf = pointerReader(settings.pages?.from ?? '')
  }

  /** When the last successful poll was, in Unix milliseconds. */
  get lastAt(): number | null {
    return this.#position?.at ?? null
  }

  /** One poll with all of its pages. If it rejects, with a Disconnect, no position was emitted. */
  async poll(connection: Connection): Promise<Polled> {
    const at = Date.now()
    const before = this.#position
    // With `since` each poll has another URL. For rankings, an unchanged list is a new snapshot.
    const isConditional = !this.#settings.since && !this.#emitter.rankings
    const conditions = isConditional ? conditionsOf(before) : {}
    const first = await this.#fetch(this.#firstUrl(), connection, conditions)
    if (first.text === null) {
      // Nothing has changed: the same position with another time.
      if (before) await this.#commit({ ...before, at }, connection)
      return { restMs: this.#restOf(first) }
    }
    const digest = createHash('sha256').update(first.text).digest('base64url')
    const isNew = digest !== before?.digest || this.#emitter.rankings
    let since = before?.since ?? null
    let page: Page = first
    if (isNew) {
      const isForwards = this.#settings.pages?.link === 'prev'
      const most = this.#settings.pages?.max ?? 1
      const seen = new Set<string>()
      for (let n = 1; ; n++) {
        const json = this.#json(page)
        await this.#emit(page.text as string, connection)
        // Backwards, the first page has the newest posts; forwards, the last.
        const newest = this.#newestIn(json)
        if (typeof newest === 'string' && (n === 1 || isForwards)) since = newest
        seen.add(page.url.href)
        const next = this.#nextUrl(page, json)
        if (next === null || seen.has(next.href) || (isForwards && newest === null)) break
        if (n === most) {
          // Forwards, the next poll continues there.
          if (before !== null && !isForwards) this.#missed(before)
          break
        }
        page = await this.#fetch(next, connection, {})
        if (page.text === null) break
      }
    }
    const { etag, modified } = first
    await this.#commit({ etag, modified, since, digest, at }, connection)
    return { restMs: this.#restOf(page) }
  }

  #firstUrl(): URL {
    const { url, ago, since } = this.#settings
    const first = new URL(datedUrl(url, Date.now() - ago))
    const newest = this.#position?.since
    if (since && typeof newest === 'string')
      first.searchParams.set(since.parameter, since.value.replaceAll('{}', newest))
    return first
  }

  async #fetch(url: URL, { signal }: Connection, conditions: Record<string, string>): Promise<Page> {
    const { headers, secrets, hasCredentials, max_body, encoding, timeout, spend } = this.#settings
    const request: PageRequest = {
      url,
      headers: { ...headers, ...conditions },
      secrets,
      configured: new URL(this.#settings.url),
      hasCredentials,
      maxBytes: max_body,
      encoding,
      spend: () => spend(signal),
    }
    const expired = AbortSignal.timeout(timeout)
    try {
      const page = await fetchPage(request, AbortSignal.any([signal, expired]))
      if (page.limit) this.#emitter.allowance('requests', page.limit.remaining)
      return page
    } catch (error) {
      if (expired.aborted && !signal.aborted)
        throw new Disconnect('stalled', `no whole answer within ${timeout / 1000} s`, { cause: error })
      throw error
    }
  }

  async #emit(text: string, connection: Connection): Promise<void> {
    const stream = this.#emitter.lines()
    await connection.own(stream.write(Buffer.from(text)))
    await connection.own(stream.end())
    connection.signal.throwIfAborted()
  }

  async #commit(position: PollPosition, connection: Connection): Promise<void> {
    await connection.own(this.#emitter.write([], { position: writePosition(position) }))
    connection.signal.throwIfAborted()
    this.#position = position
  }

  /** The answer as JSON, if an option needs that. */
  #json({ text }: Page): unknown {
    const { since, pages } = this.#settings
    if (since === undefined && pages?.from === undefined) return undefined
    try {
      return JSON.parse(text as string)
    } catch (error) {
      throw new Disconnect('server', 'its answer is no JSON, which `since` and `pages.from` need', {
        cause: error,
      })
    }
  }

  /** The newest id or time of a page; null if it has none, undefined if no option says where it is. */
  #newestIn(json: unknown): string | null | undefined {
    if (this.#settings.since === undefined) return undefined
    const value = this.#sinceOf(json)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null
  }

  #nextUrl(page: Page, json: unknown): URL | null {
    const { pages, url, log } = this.#settings
    if (pages === undefined) return null
    const target = pages.link === undefined ? this.#nextOf(json) : linkIn(page.link, pages.link)
    if (target === undefined || target === null || target === '' || target === false) return null
    if (typeof target !== 'string' && typeof target !== 'number')
      throw new Disconnect('server', 'what `pages.from` points at is neither text nor a number')
    if (pages.parameter !== undefined) {
      const next = this.#firstUrl()
      next.searchParams.set(pages.parameter, String(target))
      return next
    }
    const text = String(target)
    if (!URL.canParse(text, page.url.href)) throw new Disconnect('server', 'its next page is no URL')
    const next = new URL(text, page.url)
    if (isSameService(next, new URL(url)) || next.origin === page.url.origin) return next
    log.warn('the next page is on another host, which is not followed', { host: next.host })
    return null
  }

  #missed({ at }: PollPosition): void {
    this.#emitter.gap('lost', Date.now() - at)
    this.#settings.log.warn('there are more pages than `pages.max`: their records are missing')
  }

  #restOf({ limit }: Page): number {
    if (limit?.remaining !== 0 || limit.resetAt === undefined) return 0
    return Math.max(0, limit.resetAt - Date.now())
  }
}

function conditionsOf(position: PollPosition | null): Record<string, string> {
  const { etag, modified } = position ?? { etag: null, modified: null }
  return {
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(modified === null ? {} : { 'if-modified-since': modified }),
  }
}

/** The state of the last poll, so that the next one need not fetch the same posts again. */
interface PollPosition {
  /** The entity tag and date of the first page, as received. */
  readonly etag: string | null
  readonly modified: string | null
  /** The newest id or time, if the option `since` says where it is. */
  readonly since: string | null
  /** A hash of the first page, for services without either. */
  readonly digest: string | null
  /** When the poll was, in Unix milliseconds. */
  readonly at: number
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** A committed position, if it is valid. */
export function readPosition(position: Position | undefined): PollPosition | null {
  if (!isObject(position) || typeof position.at !== 'number') return null
  const { etag, modified, since, digest, at } = position
  return { etag: text(etag), modified: text(modified), since: text(since), digest: text(digest), at }
}

const writePosition = (position: PollPosition): Position => ({ ...position })
