import { expect, test } from 'vitest'
import type { AlertEvent } from '../../plugin/events/alert.ts'
import { MemoryStore } from '../../plugin/memory-store.ts'
import type { OutputEvent } from '../../plugin/output.ts'
import type { KeptValue } from '../checkpoints/store/messages.ts'
import { alertEventOf } from './notification.ts'
import { AlertReceiver, type KeptIncident, withAlerts } from './receiver.ts'

/** How many notifications are known again. */
const MOST_KEYS = 1000

const NOW = Date.parse('2026-11-27T00:02Z')
const DAY = 86_400_000

const alert = (more: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'MoodTurnsNegative', topic: 'galaxy' },
  annotations: { summary: 'galaxy: more negative', description: '40 % instead of 20 %' },
  startsAt: '2026-11-27T00:01:02.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: 'f1',
  ...more,
})

/** A notification as Alertmanager's documentation has it. */
const notification = (more: object = {}) =>
  JSON.stringify({
    version: '4',
    groupKey: '{}:{topic="galaxy"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'people',
    groupLabels: { topic: 'galaxy' },
    commonLabels: { alertname: 'MoodTurnsNegative', topic: 'galaxy' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    alerts: [alert()],
    ...more,
  })

const eventOf = (more: object = {}, at = NOW) => alertEventOf(notification(more), at) as AlertEvent

test('a notification becomes an event that can be shown', () => {
  const event = eventOf({
    status: 'firing',
    truncatedAlerts: 2,
    alerts: [alert({ status: 'resolved', endsAt: '2026-11-27T00:01:30Z', fingerprint: 'f2' }), alert()],
  })
  expect(event).toMatchObject({
    kind: 'alert',
    key: expect.stringMatching(/^alert\/\d+\/[0-9a-f]{32}$/),
    status: 'firing',
    externalUrl: 'http://alertmanager:9093',
    truncated: 2,
    alerts: [
      { status: 'resolved', endsAt: Date.parse('2026-11-27T00:01:30Z') },
      { status: 'firing', startsAt: Date.parse('2026-11-27T00:01:02.123Z'), endsAt: null },
    ],
    title: '[FIRING:1] MoodTurnsNegative galaxy',
  })
  expect(event.text.split('\n')).toEqual([
    '[FIRING:1] MoodTurnsNegative galaxy',
    '- galaxy: more negative: 40 % instead of 20 %',
    '- galaxy: more negative: 40 % instead of 20 % (resolved)',
    '- … 2 more',
  ])
})

test('a repeated notification has the same key, and a changed or later one another', () => {
  const { key } = eventOf()
  expect(eventOf({}, NOW + 60_000).key).toBe(key)
  expect(eventOf({ alerts: [alert({ status: 'resolved' })] }).key).not.toBe(key)
  expect(eventOf({ groupKey: 'another' }).key).not.toBe(key)
  expect(eventOf({}, NOW + 4 * 3_600_000).key).not.toBe(key)
})

test.for([
  ['', 'expected JSON'],
  ['[]', 'the body: '],
  [notification({ version: '3' }), 'version: expected version "4"'],
  [notification({ alerts: [] }), 'alerts: '],
  [notification({ alerts: [alert({ startsAt: 'soon' })] }), 'alerts.0.startsAt: '],
  [notification({ alerts: [alert({ labels: { a: 1 } })] }), 'alerts.0.labels.a: '],
] as const)('%s is none', ([body, problem]) => {
  expect(alertEventOf(body, NOW)).toMatch(new RegExp(`^${problem}`))
})

test('an incident lasts from when an alert fires until it is resolved, and is deleted later', () => {
  const fired = withAlerts([], eventOf().alerts, NOW)
  expect(fired).toMatchObject([{ alert: 'MoodTurnsNegative', topic: 'galaxy', endsAt: null }])
  const { alerts } = eventOf({ alerts: [alert({ status: 'resolved', endsAt: '2026-11-27T00:05:00Z' })] })
  const resolved = withAlerts(fired, alerts, NOW)
  expect(resolved).toHaveLength(1)
  expect(resolved[0]?.endsAt).toBe(Date.parse('2026-11-27T00:05:00Z'))
  expect(withAlerts(resolved, [], NOW + 15 * DAY)).toHaveLength(1)
  expect(withAlerts(resolved, [], NOW + 17 * DAY)).toEqual([])
  const many = Array.from({ length: 600 }, (_, i) => ({
    ...(alerts[0] as never as object),
    fingerprint: `${i}`,
  }))
  expect(withAlerts([], many as never, NOW)).toHaveLength(500)
})

function setUp(options: { token: string | null; to: string[] | null } | null = { token: null, to: null }) {
  const store = new MemoryStore()
  const enqueued: { key: string; to: readonly string[]; mark: KeptValue | null }[] = []
  const counted: string[] = []
  const warned: unknown[] = []
  let gate: Promise<void> = Promise.resolve()
  const receiver = new AlertReceiver({
    log: { debug() {}, info() {}, warn: (...line) => void warned.push(line), error() {} },
    outbox: {
      async enqueue({ key }: OutputEvent, to, mark) {
        await gate
        enqueued.push({ key, to, mark })
      },
    },
    store,
    outputs: () => ['kakaotalk', 'slack'],
    options: () => options,
    count: result => void counted.push(result),
  })
  return {
    receiver,
    store,
    enqueued,
    counted,
    warned,
    hold: (promise: Promise<void>) => {
      gate = promise
    },
  }
}

test('responds once an event and its incidents are stored', async () => {
  const { receiver, enqueued, counted, store } = setUp({ token: null, to: ['kakaotalk', 'gone'] })
  await store.set('incidents', [
    { id: 'old 1', alert: 'Old', topic: null, summary: null, startsAt: NOW - DAY, endsAt: null },
  ])
  await receiver.open()
  expect(await receiver.receive(notification(), NOW)).toMatchObject({ status: 200 })
  expect(enqueued).toMatchObject([{ to: ['kakaotalk'], mark: { plugin: 'reports', key: 'incidents' } }])
  const kept = JSON.parse(enqueued[0]?.mark?.value as string) as KeptIncident[]
  expect(kept.map(({ alert }) => alert)).toEqual(['Old', 'MoodTurnsNegative'])
  expect(receiver.incidents).toEqual(kept)
  expect(counted).toEqual(['taken'])
})

test('a repeated notification is one event, with a response once it is stored', async () => {
  const { receiver, enqueued, counted, hold } = setUp()
  const held = Promise.withResolvers<void>()
  hold(held.promise)
  let answers = 0
  const both = [1, 2].map(() => receiver.receive(notification(), NOW).then(() => void answers++))
  await new Promise(resolve => setImmediate(resolve))
  expect(answers).toBe(0)
  held.resolve()
  await Promise.all(both)
  expect([enqueued.length, counted.toSorted()]).toEqual([1, ['repeated', 'taken']])
})

test('an invalid notification is rejected and counted', async () => {
  const { receiver, enqueued, counted } = setUp()
  expect(await receiver.receive('{}', NOW)).toMatchObject({ status: 400 })
  expect([enqueued, counted]).toEqual([[], ['refused']])
})

test('a configured token is required', () => {
  const { receiver } = setUp({ token: 'right', to: null })
  expect(receiver.admits('Bearer right')).toBe('token')
  expect(['Bearer wrong', 'Basic right', 'right', undefined].map(each => receiver.admits(each))).toEqual(
    Array(4).fill('refused'),
  )
  expect(setUp().receiver.admits(undefined)).toBe('open')
  const without = setUp(null).receiver
  expect([without.admits('Bearer x'), without.incidents]).toEqual(['absent', null])
})

test.for([
  ['Bearer secret', 'token'],
  ['bearer  secret ', 'token'],
  ['Bearer secret more', 'refused'],
  ['Bearer Bearer secret', 'refused'],
  ['Basic x Bearer secret', 'refused'],
  ['Bearer', 'refused'],
  ['secret', 'refused'],
  ['', 'refused'],
  [undefined, 'refused'],
] as const)('with a token the header %j is %s', ([header, admission]) => {
  expect(setUp({ token: 'secret', to: null }).receiver.admits(header)).toBe(admission)
})

test('each answer says what became of the notification, and a rejected one is logged', async () => {
  const { receiver, counted, warned } = setUp()
  expect(await receiver.receive(notification(), NOW)).toEqual({ status: 200, line: 'Taken.' })
  expect(await receiver.receive(notification(), NOW)).toEqual({ status: 200, line: 'It was taken before.' })
  expect(warned).toEqual([])
  const { status, line } = await receiver.receive('[]', NOW)
  expect([status, line]).toEqual([
    400,
    expect.stringMatching(/^This is no notification of Alertmanager: the body: /),
  ])
  expect(warned).toEqual([
    [{ problem: expect.stringContaining('the body') }, 'a notification of Alertmanager was rejected'],
  ])
  expect(counted).toEqual(['taken', 'repeated', 'refused'])
})

test('alerts that no output takes are kept as incidents, and logged', async () => {
  const { receiver, enqueued, warned } = setUp({ token: null, to: ['discord'] })
  await receiver.receive(notification(), NOW)
  expect(enqueued).toMatchObject([{ to: [] }])
  expect(warned).toEqual([[{ key: enqueued[0]?.key }, 'alerts arrived, and no output takes alerts']])
  expect(receiver.incidents).toHaveLength(1)
})

test('of many notifications the last ones are known, and the first one again after them', async () => {
  const { receiver, counted } = setUp()
  const send = (n: number) => receiver.receive(notification({ groupKey: `group ${n}` }), NOW)
  for (let n = 0; n < MOST_KEYS; n++) await send(n)
  await send(0)
  expect(counted.filter(result => result === 'repeated')).toHaveLength(1)
  await send(MOST_KEYS)
  await send(0)
  expect(counted.filter(result => result === 'repeated')).toHaveLength(1)
  await send(MOST_KEYS)
  expect(counted.filter(result => result === 'repeated')).toHaveLength(2)
})

test('incidents are in order of their beginning; one that still fires is kept, however old', () => {
  const of = (fingerprint: string, startsAt: number, endsAt: number | null) => ({
    status: 'firing' as const,
    fingerprint,
    startsAt,
    endsAt,
    labels: {},
    annotations: {},
    url: null,
  })
  const old = NOW - 100 * DAY
  const alerts = [of('late', NOW, null), of('old', old, null), of('ended', NOW - 20 * DAY, NOW - 17 * DAY)]
  const incidents = withAlerts([], alerts as never, NOW)
  expect(incidents.map(({ id, startsAt }) => [id, startsAt])).toEqual([
    [`old ${old}`, old],
    [`late ${NOW}`, NOW],
  ])
  expect(incidents[0]).toEqual({
    id: `old ${old}`,
    alert: '',
    topic: null,
    summary: null,
    startsAt: old,
    endsAt: null,
  })
})
