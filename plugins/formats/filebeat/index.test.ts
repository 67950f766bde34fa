import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import chatty from '../chatty/index.ts'
import csv from '../csv/index.ts'
import json from '../json/index.ts'
import post from '../post/index.ts'
import { fuzz, rejection } from '../testing.ts'
import text from '../text/index.ts'
import twitter from '../twitter-v1/index.ts'
import format from './index.ts'

const formats = { chatty, csv, json, post, text, 'twitter-v1': twitter } as never
const made = (options: object = {}) => testFormat(format, options, {}, formats)

const receivedAt = 1_700_000_000_000
const readAt = Date.UTC(2021, 10, 19, 3, 15, 30, 123)

/** An event as Filebeat 8 writes it around a line. */
const event = (message: unknown, more: object = {}) =>
  JSON.stringify({
    '@timestamp': '2021-11-19T03:15:30.123Z',
    '@metadata': { beat: 'filebeat', type: '_doc', version: '8.11.0' },
    log: { offset: 1761, file: { path: '/logs/#chan.log', inode: '1' } },
    message,
    input: { type: 'filestream' },
    host: { name: 'pc' },
    agent: { type: 'filebeat', version: '8.11.0' },
    ecs: { version: '8.0.0' },
    ...more,
  })

test('reads the text of an event, written when Filebeat read it', async () => {
  const { decode } = await made()
  expect(decode(event('so good'), { receivedAt })).toEqual({ text: 'so good', createdAt: readAt })
  expect(decode('{"message":"so good"}', { receivedAt })).toEqual({ text: 'so good', createdAt: receivedAt })
})

test('uses the time of the inner record, if it has one', async () => {
  const { decode } = await made({ format: 'post' })
  expect(decode(event('{"text":"hi","createdAt":5000}'))).toMatchObject({ text: 'hi', createdAt: 5_000_000 })
  expect(decode(event('{"text":"hi"}'))).toMatchObject({ createdAt: readAt })
})

test("reads a line of Chatty's logs, with the date of the event or of the log's name", async () => {
  const { decode } = await made({ format: { use: 'chatty', time_zone: 'Asia/Seoul' } })
  expect(decode(event('[12:15:28] <@+Jane> so good <3'))).toEqual({
    text: 'so good <3',
    author: 'Jane',
    createdAt: Date.UTC(2021, 10, 19, 3, 15, 28),
  })
  const march = { log: { file: { path: 'C:\\logs\\2021-03-05_#chan.log' } } }
  expect(decode(event('[12:15:28] <Jane> hi', march))).toMatchObject({
    createdAt: Date.UTC(2021, 2, 5, 3, 15, 28),
  })
  // Filebeat up to version 6.
  const source = {
    log: undefined,
    source: '/logs/2021-03-05_#chan.log',
    offset: 3,
    beat: { version: '6.3.0' },
  }
  expect(decode(event('[12:15:28] <Jane> hi', source))).toMatchObject({
    createdAt: Date.UTC(2021, 2, 5, 3, 15, 28),
  })
  expect(decode(event('[12:15:28] JOIN: jane'))).toBeNull()
})

test('reads a record over several lines, and several posts of one', async () => {
  const multiline = await made()
  expect(multiline.decode(event('one\ntwo'))).toMatchObject({ text: 'one\ntwo' })
  const posts = await made({ format: 'post' })
  expect(posts.decode(event('[{"text":"a"},{"text":"b"}]'))).toMatchObject([{ text: 'a' }, { text: 'b' }])
})

test('reads JSON that Filebeat has parsed, with all digits of its ids', async () => {
  const under = await made({ format: { use: 'json', id: '/id' }, field: '/json' })
  const parsed = '{"@timestamp":"2021-11-19T03:15:30.123Z","json":{"id":1461526788904562689,"text":"hi"}}'
  expect(under.decode(parsed)).toEqual({ id: '1461526788904562689', text: 'hi', createdAt: readAt })
  const root = await made({ format: 'twitter-v1', field: '' })
  const flat = '{"@timestamp":"2021-11-19T03:15:30.123Z","id":1461526788904562689,"text":"hi","log":{}}'
  expect(root.decode(flat)).toMatchObject({ id: '1461526788904562689', text: 'hi', createdAt: readAt })
})

test('reads CSV with configured columns', async () => {
  const { decode } = await made({ format: { use: 'csv', columns: ['id', 'text'] } })
  expect(decode(event('7,"so, good"'))).toMatchObject({ id: '7', text: 'so, good', createdAt: readAt })
})

test('rejects formats whose records cannot be read separately', async () => {
  await expect(made({ format: 'csv' })).rejects.toMatchObject({
    code: 'ERR_FILEBEAT_FORMAT',
    message: expect.stringContaining('needs a header'),
  })
  await expect(made({ format: 'nonesuch' })).rejects.toThrow('no format nonesuch')
})

const inner = await made({ format: 'post' })

test.each([
  ['so good', /expected JSON/],
  ['7', 'record: expected an event of Filebeat, got 7'],
  ['{"@timestamp":"2021-11-19T03:15:30.123Z"}', '/message: expected text or an object, got nothing'],
  ['{"message":["a"]}', '/message: expected text or an object, got an array'],
  ['{"message":"{}","@timestamp":"soon"}', /^@timestamp: expected a time .+, got "soon"$/],
  [event('{}'), 'text: expected a string, got nothing'],
])('rejects %s', (record, message) => {
  expect(rejection(() => inner.decode(record))).toMatch(message)
})

test('a damaged event yields posts or a rejection, and never another error', () => {
  const records = [event('{"text":"hi","id":1461526788904562689}'), event({ text: 'a' })]
  expect(fuzz(record => inner.decode(record), records, 5000)).toEqual([])
})
