import type { Post, z } from 'mood-exporter/plugin'
import { type TestEmitter, testSource } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import twitch from './index.ts'
import { ChatServer } from './testing-chat.ts'

type Options = z.input<typeof twitch.options>

const QUICK = { initial: '5ms', max: '20ms', healthy_after: '0s' }

async function chatServer(): Promise<ChatServer> {
  const server = await ChatServer.start()
  onTestFinished(() => server.stop())
  return server
}

async function reading(server: string, options: Partial<Options> = {}) {
  const running = await testSource(twitch, { channels: ['nova'], server, backoff: QUICK, ...options })
  onTestFinished(() => running.stop())
  return running
}

/** The source, in its channels. */
async function connected(options: Partial<Options> = {}) {
  const server = await chatServer()
  const running = await reading(server.url, options)
  await running.emitter.until(({ ups }) => ups === 1)
  return { server, ...running }
}

const posts = ({ records }: { records: { value: string | Post }[] }) =>
  records.map(({ value }) => value as Post)

test('each message is a post with its time and the topic of its channel', async () => {
  const { server, emitter } = await connected({ channels: ['#Nova', 'other', 'nova'] })
  await vi.waitFor(
    () => expect(server.lines.filter(line => line.startsWith('JOIN'))).toEqual(['JOIN #nova', 'JOIN #other']),
    30_000,
  )
  const sentAt = Date.UTC(2026, 8, 1)
  server.say('nova', 'hello there', { id: 'a-1', user: 'jane', sentAt })
  await emitter.until(({ records }) => records.length === 1)
  expect(posts(emitter)).toEqual([
    {
      id: 'a-1',
      text: 'hello there',
      createdAt: sentAt,
      author: 'jane',
      url: 'https://www.twitch.tv/nova',
      topics: ['nova'],
    },
  ])
  expect(server.lines.some(line => /^NICK justinfan\d+$/.test(line))).toBe(true)
  expect(server.lines.filter(line => line.startsWith('PASS'))).toEqual([])
})

test('emotes are found by their position, after any text', async () => {
  const { server, emitter } = await connected()
  server.say('nova', 'Kappa so Kappa 🍿 LUL', { emotes: '25:0-4,9-13/425618:17-19' })
  server.say('nova', 'none')
  server.say('nova', 'odd', { emotes: '25:9-12/x' })
  await emitter.until(({ records }) => records.length === 3)
  expect(posts(emitter).map(({ emotes }) => emotes)).toEqual([['Kappa', 'LUL'], undefined, undefined])
})

test('actions are posts; joins, parts and notices are neither posts nor errors', async () => {
  const { server, emitter, logged } = await connected()
  const before = logged.length
  server.send(':jane!jane@jane.tmi.twitch.tv JOIN #nova')
  server.send(':jane!jane@jane.tmi.twitch.tv PART #nova')
  server.send('@msg-id=sub;system-msg=x :tmi.twitch.tv USERNOTICE #nova :Great stream')
  server.send(':tmi.twitch.tv CLEARCHAT #nova :jane')
  server.send('@msg-id=slow_on :tmi.twitch.tv NOTICE #nova :This room is now in slow mode.')
  server.send('PING :tmi.twitch.tv')
  server.send('complete nonsense')
  server.say('nova', '\u0001ACTION waves\u0001')
  await emitter.until(({ records }) => records.length === 1)
  expect(emitter.texts).toEqual(['waves'])
  expect(logged.length).toBe(before)
  expect(emitter.drops).toEqual([])
  await vi.waitFor(() => expect(server.lines.some(line => line.startsWith('PONG'))).toBe(true), 30_000)
})

/** Topics of these names, each with the keyword that makes it a channel. */
const topicsOf = (...names: string[]) => names.map(name => ({ name, any: [`@${name}`] }))

const joinsOf = (server: ChatServer) => server.lines.filter(line => /^(JOIN|PART)/.test(line))

/** Awaits that a change of channels leaves `star` and joins `sun`, behind two joins, while `nova` stays. */
async function starGivesWayToSun(server: ChatServer, emitter: TestEmitter): Promise<void> {
  await vi.waitFor(() => expect(joinsOf(server).slice(2).sort()).toEqual(['JOIN #sun', 'PART #star']), 30_000)
  await vi.waitFor(() => expect(server.membersOf('sun')).toBe(1), 30_000)
  server.say('star', 'left')
  server.say('sun', 'joined')
  server.say('nova', 'stayed')
  await emitter.until(({ texts }) => texts.length === 2)
  expect(emitter.texts).toEqual(['joined', 'stayed'])
}

test('without a list, the topics with their own name after @ are the channels, and change without another connection', async () => {
  const server = await chatServer()
  const topics = [...topicsOf('nova', 'Star'), { name: 'galaxy', any: ['galaxy', '@nova'] }, { name: 'rest' }]
  const running = await testSource(twitch, { server: server.url, backoff: QUICK }, { topics })
  onTestFinished(() => running.stop())
  const { emitter, source, logged } = running
  const joins = () => joinsOf(server)
  await vi.waitFor(() => expect(joins()).toEqual(['JOIN #nova', 'JOIN #star']), 30_000)
  await emitter.until(({ ups }) => ups === 1)
  await vi.waitFor(() => expect(server.membersOf('star')).toBe(1), 30_000)

  await source.topics?.(topicsOf('nova', 'sun'))
  await starGivesWayToSun(server, emitter)

  await source.topics?.([])
  await vi.waitFor(() => expect(server.membersOf('nova') + server.membersOf('sun')).toBe(0), 30_000)
  expect(logged.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    'no topic names a channel, so none is read',
  ])
  expect([server.connections, emitter.downs, emitter.gaps]).toEqual([1, [], []])

  // What is wanted now is joined after a connection was lost.
  await source.topics?.(topicsOf('moon'))
  server.hangUp()
  await emitter.until(({ ups }) => ups === 2)
  await vi.waitFor(() => expect(server.membersOf('moon')).toBe(1), 30_000)
  expect(server.connections).toBe(2)
})

test('a list of channels changes over the same connection, and not with the topics', async () => {
  const { server, emitter, source, logged } = await connected({ channels: ['nova', 'star'] })
  const change = (channels: string[] | undefined) =>
    source.options?.(twitch.options.parse({ server: server.url, backoff: QUICK, channels }))
  await vi.waitFor(() => expect(server.membersOf('star')).toBe(1), 30_000)
  await source.topics?.(topicsOf('moon'))
  await change(['nova', '#Sun'])
  await starGivesWayToSun(server, emitter)

  // Without the list it is the topics, as they are now.
  await change(undefined)
  await vi.waitFor(() => expect(server.membersOf('moon')).toBe(1), 30_000)
  await vi.waitFor(() => expect(server.membersOf('nova') + server.membersOf('sun')).toBe(0), 30_000)
  expect([server.connections, emitter.downs, emitter.gaps]).toEqual([1, [], []])
  expect(logged.filter(({ level }) => level === 'warn')).toEqual([])

  // A connection after it begins with those that are wanted now.
  await change(['nova'])
  await vi.waitFor(() => expect(server.membersOf('nova')).toBe(1), 30_000)
  server.hangUp()
  await emitter.until(({ ups }) => ups === 2)
  await vi.waitFor(() => expect(server.membersOf('nova')).toBe(1), 30_000)
  expect([server.connections, server.membersOf('moon')]).toEqual([2, 0])
})

test('without list and topics there is nothing to read', async () => {
  await expect(testSource(twitch, {}, { topics: [{ name: 'nova', any: ['nova'] }] })).rejects.toMatchObject({
    code: 'ERR_TWITCH_CHANNELS',
  })
})

test('joins at most a hundred channels, and logs the limit', async () => {
  const server = await chatServer()
  server.isSilent = true
  const topics = topicsOf(...Array.from({ length: 101 }, (_, i) => `channel${i}`))
  const { logged, stop } = await testSource(twitch, { server: server.url, backoff: QUICK }, { topics })
  await stop()
  expect(logged[0]?.message).toBe('more than 100 topics name a channel; the others are not read')
})

test('a message of a shared chat has the id that it has everywhere', async () => {
  const { server, emitter } = await connected()
  server.say('nova', 'shared', { id: 'copy', tags: { 'source-id': 'original', 'source-room-id': '1' } })
  await emitter.until(({ records }) => records.length === 1)
  expect(posts(emitter)[0]?.id).toBe('original')
})

test('joins again after a lost connection, and counts the gap', async () => {
  const { server, emitter } = await connected()
  for (const [n, end] of [
    () => server.hangUp(),
    () => server.hangUp(1001),
    () => server.send(':tmi.twitch.tv RECONNECT'),
  ].entries()) {
    end()
    await emitter.until(({ ups }) => ups === n + 2)
    server.say('nova', `${n}`)
    await emitter.until(({ texts }) => texts.length === n + 1)
  }
  expect(emitter.outages).toEqual(['network', 'closed', 'closed'])
  expect(emitter.gaps.map(({ result }) => result)).toEqual(['lost', 'lost', 'lost'])
  // The library has not connected by itself beside that.
  expect(server.connections).toBe(4)
  expect(server.clients).toBe(1)
})

test('a restart counts the time in which the chat was not read as lost', async () => {
  const { server, emitter, stop } = await connected()
  server.say('nova', 'one')
  await emitter.until(({ records }) => records.length === 1)
  const position = emitter.positions.at(-1) as { at: number }
  expect(position.at).toBeGreaterThan(Date.now() - 60_000)
  await stop()
  const again = await testSource(
    twitch,
    { channels: ['nova'], server: server.url, backoff: QUICK },
    { position: { at: position.at - 60_000 } },
  )
  onTestFinished(() => again.stop())
  await again.emitter.until(({ gaps }) => gaps.length === 1)
  expect(again.emitter.gaps[0]?.result).toBe('lost')
  expect(again.emitter.gaps[0]?.ms).toBeGreaterThanOrEqual(60_000)
  server.hangUp()
  await again.emitter.until(({ gaps }) => gaps.length === 2)
  expect(again.emitter.gaps[1]?.ms).toBeLessThan(60_000)
})

test('a quiet chat notes how long it has held, by whatever comes', async () => {
  vi.useFakeTimers({ toFake: ['performance'], shouldAdvanceTime: true })
  onTestFinished(() => void vi.useRealTimers())
  const { server, emitter } = await connected()
  const before = emitter.positions.length
  vi.advanceTimersByTime(31_000)
  server.send('PING :tmi.twitch.tv')
  await emitter.until(({ positions }) => positions.length > before)
  expect(emitter.records).toEqual([])
})

test('an unreachable server is reported in one line, and retried with a back-off', async () => {
  const gone = await ChatServer.start()
  const { url, port } = gone
  await gone.stop()
  const { emitter } = await reading(url)
  await emitter.until(({ downs }) => downs.length >= 6)
  expect(emitter.outages[0]).toBe('network')
  expect(emitter.downs[0]).toBe(`127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`)
})

test('disconnects from a server that does not respond', async () => {
  const server = await chatServer()
  server.isSilent = true
  const { emitter } = await reading(server.url, { connect_timeout: '50ms' })
  await emitter.until(({ downs }) => downs.length >= 2)
  expect(emitter.downs[0]).toContain('not let in within 0.05 s')
  server.isSilent = false
  await emitter.until(({ ups }) => ups === 1)
})

test('disconnects from a silent server that does not answer a ping', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { server, emitter } = await connected()
  server.isSilent = true
  await vi.advanceTimersByTimeAsync(60_000)
  await expect.poll(() => server.lines.at(-1)).toMatch(/^PING/)
  expect(emitter.downs).toEqual([])
  await vi.advanceTimersByTimeAsync(10_000)
  await emitter.until(({ downs }) => downs.length === 1)
  expect(emitter.outages).toEqual(['stalled'])
  expect(emitter.downs[0]).toContain('a ping was not answered')
})

test('a rejected log-in is reported, and retried with a back-off', async () => {
  const server = await chatServer()
  server.refuses = true
  const { emitter } = await reading(server.url)
  await emitter.until(({ downs }) => downs.length >= 2)
  expect(emitter.downs[0]).toContain('Login authentication failed')
  expect(emitter.outages[0]).toBe('server')
  server.refuses = false
  await emitter.until(({ ups }) => ups === 1)
})

test('a channel that cannot be joined is reported in one line, and does not affect others', {
  timeout: 30_000,
}, async () => {
  const server = await chatServer()
  server.suspended.add('banned')
  server.absent.add('absent')
  const { emitter, logged } = await reading(server.url, { channels: ['banned', 'absent', 'nova'] })
  await emitter.until(({ ups }) => ups === 1)
  server.say('nova', 'one')
  await emitter.until(({ texts }) => texts.length === 1)
  const warnings = () => logged.filter(({ level }) => level === 'warn').map(({ message }) => message)
  await vi.waitFor(() => expect(warnings()).toHaveLength(2), 20_000)
  expect(warnings().toSorted()).toEqual([
    'the channel absent could not be joined: there was no answer; check its name',
    expect.stringMatching(/^the channel banned could not be joined: .*suspended/),
  ])
  expect(emitter.downs).toEqual([])
})

test('is down if no channel can be joined', { timeout: 30_000 }, async () => {
  const server = await chatServer()
  server.suspended.add('banned')
  const { emitter } = await reading(server.url, { channels: ['banned'] })
  await emitter.until(({ downs }) => downs.length >= 1, 20_000)
  expect(emitter.downs[0]).toContain('none of the channels could be joined')
  expect(emitter.ups).toBe(0)
})

test('handles more than a thousand messages a second', { timeout: 60_000 }, async () => {
  const { server, emitter } = await connected()
  const started = performance.now()
  for (let n = 0; n < 10_000; n++) server.say('nova', `message ${n} PogChamp`, { emotes: '305954156:10-17' })
  await emitter.until(({ records }) => records.length === 10_000, 50_000)
  expect(emitter.texts.at(-1)).toBe('message 9999 PogChamp')
  // Said, not asserted: a busy machine may take its time.
  console.info(`${Math.round(10_000 / ((performance.now() - started) / 1000))} messages a second`)
})

test('drops and counts messages while the queue is full', async () => {
  const { server, emitter } = await connected()
  emitter.full = true
  for (let n = 0; n < 10; n++) server.say('nova', `${n}`)
  await emitter.until(({ drops }) => drops.reduce((sum, { records }) => sum + records, 0) === 10)
  expect(emitter.drops.every(({ reason }) => reason === 'overflow')).toBe(true)
})

test('stops at once while connected, connecting and waiting', async () => {
  const { server, stop } = await connected()
  await stop()
  await vi.waitFor(() => expect(server.clients).toBe(0), 30_000)
  const silent = await chatServer()
  silent.isSilent = true
  const connecting = await reading(silent.url)
  await vi.waitFor(() => expect(silent.connections).toBe(1), 30_000)
  await connecting.stop()
  const waiting = await reading('ws://127.0.0.1:1', { backoff: { initial: '1h', max: '1h' } })
  await waiting.emitter.until(({ downs }) => downs.length === 1)
  await waiting.stop()
})

test.each<[Partial<Options>]>([
  [{ channels: [] }],
  [{ channels: ['two words'] }],
  [{ channels: ['https://www.twitch.tv/nova'] }],
  [{ server: 'https://irc-ws.chat.twitch.tv' }],
  [{ server: 'wss://irc-ws.chat.twitch.tv/path' }],
])('rejects invalid options: %j', options => {
  expect(twitch.options.safeParse({ channels: ['nova'], ...options }).success).toBe(false)
})
