/**
 * All live sources together against local services that are killed, stalled, limited and restarted at random, as is the
 * exporter. What can be read again is counted once, whatever happens; of what cannot, the metrics say that it is missing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { Jetstream } from '../plugins/sources/bluesky/testing-jetstream.ts'
import { type Handler, service, Timeline } from '../plugins/sources/poll/testing-service.ts'
import { ChatServer } from '../plugins/sources/twitch/testing-chat.ts'
import { LocalX, SEARCH, STREAM } from '../plugins/sources/twitter/testing-x.ts'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'

/** How long the faults last, in seconds; in the long form 600 (docs/reliability.md). */
const SECONDS = Number(process.env.MOOD_CHAOS_SECONDS ?? 15)
const SEED = Number(process.env.MOOD_CHAOS_SEED ?? Date.now() % 100_000)

/** Between two posts to each source, and between two faults; milliseconds. */
const POST_MS = 25
const FAULT_MS = 1200

/** Once X has found no posts for this long, it has found all: posts of a gap are read so long after it; milliseconds. */
const SETTLE_MS = 30_000

/** What may be under way, or counted and not committed, when a connection or the exporter is killed; milliseconds. */
const UNDER_WAY_MS = 6000

/** Numbers in [0, 1) by a linear congruential generator with the constants of Numerical Recipes. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A stream without a backlog: what was said, and when it was certain to arrive. */
class Live {
  readonly said: number[] = []
  readonly #unsure: { from: number; to: number }[] = []
  readonly #isConnected: () => boolean

  constructor(isConnected: () => boolean) {
    this.#isConnected = isConnected
  }

  say(): void {
    this.said.push(Date.now())
    const last = this.#unsure.at(-1)
    if (
      last?.to === Number.POSITIVE_INFINITY &&
      this.#isConnected() &&
      Date.now() > last.from + 2 * UNDER_WAY_MS
    )
      last.to = Date.now()
  }

  /** The connection is about to be lost: from a little earlier on nothing is certain until a while after it is back. */
  fault(): void {
    this.#unsure.push({ from: Date.now() - UNDER_WAY_MS, to: Number.POSITIVE_INFINITY })
  }

  /** How much of it must be counted. */
  get certain(): number {
    return this.said.filter(at => !this.#unsure.some(({ from, to }) => at >= from && at <= to)).length
  }
}

const POST = { did: 'did:plc:chaos' }
const scored = (samples: Samples, source: string) =>
  samples.sum('mood_posts_total', { source, topic: 'nova' })
const lost = (samples: Samples, source: string) =>
  samples.sum('mood_source_gaps_total', { source, result: 'lost' })

test('with servers that are killed, stalled and limited at random, all lost posts are counted as lost', {
  timeout: (SECONDS + 900) * 1000,
}, async () => {
  const random = randomNumbers(SEED)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const [east, west] = [await Jetstream.start(), await Jetstream.start({ firstSeq: 1_000_000 })]
  let chat = await ChatServer.start()
  const chatPort = chat.port
  const timeline = new Timeline()
  let answer: Handler | null = null
  const pages = await service((seen, response, n) => (answer ?? timeline.handle)(seen, response, n))
  const x = await LocalX.start()
  // That it refuses connections is one of the faults; with its usual limit it would refuse most of the time.
  x.limits.set(STREAM, 100_000)
  const xPort = x.port
  onTestFinished(async () => {
    await Promise.all([east.stop(), west.stop(), chat.stop()])
  })

  const backoff = { initial: '20ms', max: '500ms', healthy_after: '1s' }
  const config = {
    workers: 1,
    languages: { detect: false },
    topics: { nova: ['nova'] },
    sources: [
      { use: 'bluesky', hosts: [east.host, west.host], idle_timeout: '2s', backoff },
      { use: 'twitch', channels: ['nova'], server: chat.url, backoff },
      {
        use: 'poll',
        url: `${pages.url}/timeline?limit=40`,
        every: '1s',
        timeout: '2s',
        token: 'good',
        since: { from: '/0/id', parameter: 'min_id' },
        pages: { link: 'prev', max: 100 },
        format: { use: 'json', text: '/content', html: true, id: '/id' },
        backoff,
      },
      {
        use: 'twitter',
        url: x.url,
        bearer_token: 'token',
        usage: false,
        budget: { posts_per_day: 1_000_000 },
        gap_posts: 10_000,
        silence: '2s',
      },
    ],
    scorers: [{ use: 'afinn' }],
    extractors: [],
    windows: [{ size: '1s' }],
    state: { dir: './state' },
  }
  let exporter: RunningExporter = await startExporter(config)
  onTestFinished(async () => {
    await exporter[Symbol.asyncDispose]()
  })
  await exporter.until(samples => samples.sum('mood_source_up') === 4, 60_000)
  timeline.remaining = Number.POSITIVE_INFINITY
  const isUp = () => chat.clients > 0
  const live = { twitch: new Live(isUp) }

  let n = 0
  const post = () => {
    const text = `nova ${n++}`
    const at = Date.now() * 1000 + (n % 1000)
    for (const instance of [east, west]) instance.post(text, { ...POST, at, rkey: `r${n}` })
    timeline.ids.push(n)
    if (isUp()) live.twitch.say()
    chat.say('nova', text)
    x.post(text)
  }
  timeline.text = id => `<p>nova ${id}</p>`

  let limited = 0
  const faults: Record<string, () => Promise<void>> = {
    async 'an instance of bluesky hangs up'() {
      pick([east, west]).hangUp(pick([undefined, 1001, 1011]))
    },
    async 'an instance of bluesky is restarted'() {
      const instance = pick([east, west])
      await instance.stop()
      await sleep(random() * 1000)
      await instance.listen()
    },
    async 'an instance of bluesky stalls'() {
      const instance = pick([east, west])
      instance.isSilent = true
      await sleep(2500)
      instance.isSilent = false
      instance.hangUp()
    },
    async 'an instance of bluesky is busy'() {
      const instance = pick([east, west])
      instance.refuse = { status: pick([429, 503]), headers: { 'retry-after': '1' } }
      instance.hangUp()
      await sleep(1500)
      instance.refuse = null
    },
    async 'the chat hangs up'() {
      live.twitch.fault()
      chat.hangUp(pick([undefined, 1001]))
    },
    async 'the chat asks to connect again'() {
      live.twitch.fault()
      chat.send(':tmi.twitch.tv RECONNECT')
    },
    async 'the chat is restarted'() {
      live.twitch.fault()
      await chat.stop()
      await sleep(random() * 500)
      chat = await ChatServer.start(chatPort)
    },
    async 'the timeline answers with errors'() {
      const status = pick([429, 500, 503])
      answer = (_, response) => response.writeHead(status, { 'retry-after': '1' }).end('busy')
      await sleep(1500)
      answer = null
    },
    async 'the timeline cuts its answers off'() {
      answer = (_, response) => {
        response.writeHead(200, { 'content-length': '9999' }).write('[{"id":')
        setTimeout(() => response.destroy(), 10)
      }
      await sleep(1500)
      answer = null
    },
    async 'the timeline does not answer'() {
      answer = () => {}
      await sleep(2500)
      answer = null
    },
    async 'X resets the connection'() {
      x.cut()
    },
    async 'X ends the connection'() {
      x.end()
    },
    async 'X cannot answer'() {
      x.answerNext(STREAM, { status: 503 })
      x.cut()
    },
    async 'X cannot search'() {
      x.answerNext(SEARCH, { status: 503 })
      x.cut()
    },
    async 'X stalls'() {
      x.stall()
      await sleep(2500)
    },
    async 'X is restarted'() {
      await x.stop()
      await sleep(random() * 1000)
      await x.listen(xPort)
    },
    // It is then left alone for up to a minute, and the next time for up to two: no more than can be searched for.
    ...(SECONDS >= 60 && {
      async 'X allows no connection'() {
        const reset = `${Math.ceil(Date.now() / 1000) + 5}`
        if (limited++ < 2)
          x.answerNext(STREAM, {
            status: 429,
            headers: { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset },
          })
        x.cut()
      },
    }),
    async 'the exporter is killed'() {
      for (const stream of Object.values(live)) stream.fault()
      await exporter.stop('SIGKILL')
      exporter = await startExporter(config, { folder: exporter.folder })
    },
  }
  const posting = setInterval(post, POST_MS)
  onTestFinished(() => clearInterval(posting))
  const done: string[] = []
  const names = Object.keys(faults)
  const end = Date.now() + SECONDS * 1000
  while (Date.now() < end) {
    // Each at least once, if there is time for that.
    const name =
      done.length < names.length ? (names[(done.length * 5) % names.length] as string) : pick(names)
    done.push(name)
    await faults[name]?.()
    await sleep(FAULT_MS * random())
  }
  // Some posts in peace, which everything must have.
  await exporter.until(samples => samples.sum('mood_source_up') === 4, 600_000)
  await sleep(3 * UNDER_WAY_MS)
  clearInterval(posting)

  const samples = await exporter
    .until(
      samples =>
        scored(samples, 'bluesky') >= n &&
        scored(samples, 'poll') >= n &&
        scored(samples, 'twitter') >= n &&
        scored(samples, 'twitch') >= live.twitch.certain,
      SETTLE_MS + 120_000,
    )
    .catch(async error => {
      const now = await exporter.samples()
      const counts = ['bluesky', 'poll', 'twitch', 'twitter'].map(
        source => `${source} ${scored(now, source)}`,
      )
      throw new Error(
        `seed ${SEED}: ${n} posts, certain of twitch ${live.twitch.certain}, counted ${counts}\n${done.join('\n')}`,
        { cause: error },
      )
    })
  // What can be read again is counted once, whatever happened.
  const replayed = ['bluesky', 'poll', 'twitter'] as const
  expect(
    replayed.map(source => [source, scored(samples, source), lost(samples, source)]),
    `seed ${SEED}`,
  ).toEqual(replayed.map(source => [source, n, 0]))
  // What cannot is counted at most once, and where something is missing the metrics say so, also after a kill.
  for (const [source, stream] of Object.entries(live)) {
    const missing = n - scored(samples, source)
    expect(missing, source).toBeGreaterThanOrEqual(0)
    if (missing > 0) expect(lost(samples, source), source).toBeGreaterThan(0)
    expect(stream.said.length, source).toBeGreaterThan(0)
  }
  expect(samples.sum('mood_posts_dropped_total', { reason: 'overflow' })).toBe(0)
  expect(samples.sum('mood_posts_dropped_total', { reason: 'invalid' })).toBe(0)
  expect(samples.sum('mood_source_failures_total')).toBe(0)
  expect(samples.sum('mood_plugin_errors_total')).toBe(0)
  console.info(
    `seed ${SEED}: ${done.length} faults, ${n} posts; counted: ${[...replayed, 'twitch'].map(source => `${source} ${scored(samples, source)}`).join(', ')}; gaps of twitter filled: ${samples.sum('mood_source_gaps_total', { source: 'twitter', result: 'filled' })}; reconnections ${samples.sum('mood_source_reconnects_total')}`,
  )
})
