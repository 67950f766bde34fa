import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const at = (iso: string) => new Date(iso).getTime()
const receivedAt = at('2021-11-20T03:00:00Z')

const { decode } = await testFormat(format)
/** What a line gives that was read at `receivedAt`. */
const read = (line: string, more = {}) => decode(line, { receivedAt, ...more })

test.each([
  ['[2021-11-19 15:05:07]', '2021-11-19T15:05:07Z'],
  ['[2021-11-19 03:05:07 PM]', '2021-11-19T15:05:07Z'],
  ['[2021-11-19 03:05:07PM]', '2021-11-19T15:05:07Z'],
  ['[2021-11-19 12:05:07 AM]', '2021-11-19T00:05:07Z'],
  ['[2021-11-19 12:05:07 오후]', '2021-11-19T12:05:07Z'],
  ['[2021-11-19 03:05:07 오전]', '2021-11-19T03:05:07Z'],
  ['[2021-11-19 03:05:07 午後]', '2021-11-19T15:05:07Z'],
  ['[2021-11-19 03:05]', '2021-11-19T03:05:00Z'],
])('reads the time stamp %s', (stamp, time) => {
  expect(read(`${stamp} <jane> so good`)).toEqual({ text: 'so good', author: 'jane', createdAt: at(time) })
})

test.each([
  ['[23:30:00]', '2021-11-19T23:30:00Z'],
  ['[11:30:00 PM]', '2021-11-19T23:30:00Z'],
  ['[11:30:00PM]', '2021-11-19T23:30:00Z'],
  ['[03:05:00]', '2021-11-20T03:05:00Z'],
  ['[02:00:00]', '2021-11-20T02:00:00Z'],
])('%s gets the date that is nearest to the time of reading', (stamp, time) => {
  expect(read(`${stamp} <jane> hi`)).toMatchObject({ createdAt: at(time) })
})

test('without time stamps, uses the time of reading', () => {
  expect(read('<jane> hi')).toEqual({ text: 'hi', author: 'jane', createdAt: receivedAt })
})

test('takes date and offset from the start line of the log', () => {
  const header = '# Log started: 2017-10-05 23:40:00 +0200'
  const times = ['[23:45:00]', '[00:10:00]', '[23:39:58]'].map(stamp =>
    read(`${stamp} <jane> hi`, { header }),
  )
  expect(times).toMatchObject([
    { createdAt: at('2017-10-05T21:45:00Z') },
    { createdAt: at('2017-10-05T22:10:00Z') },
    // Stamped just before the file was opened.
    { createdAt: at('2017-10-05T21:39:58Z') },
  ])
  expect(read('[2017-10-07 01:00:00] <jane> hi', { header })).toMatchObject({
    createdAt: at('2017-10-06T23:00:00Z'),
  })
  expect(read('[23:59:59] <jane> hi', { header: '# Log started: 2017-10-06 00:00:00 +0000' })).toMatchObject({
    createdAt: at('2017-10-05T23:59:59Z'),
  })
})

test('takes the date from the name of a daily log', async () => {
  for (const path of [
    '2021-03-05_#chan.log',
    '/home/me/logs/2021-03-05_#chan.log',
    'C:\\logs\\#chan\\2021-03-05_#chan-1.log',
  ])
    expect(read('[12:00:00] <jane> hi', { path }), path).toMatchObject({
      createdAt: at('2021-03-05T12:00:00Z'),
    })
  for (const path of ['#chan.log', '2021-13-45_#chan.log'])
    expect(read('[02:00:00] <jane> hi', { path }), path).toMatchObject({
      createdAt: at('2021-11-20T02:00:00Z'),
    })
  const weekly = await testFormat(format, { split: 'weekly' })
  expect(weekly.decode('[02:00:00] <jane> hi', { receivedAt, path: '2021-11-15_#chan.log' })).toMatchObject({
    createdAt: at('2021-11-20T02:00:00Z'),
  })
})

test('a followed log has the dates of reading', async () => {
  const live = await testFormat(format, { date: 'received' })
  const header = '# Log started: 2021-11-10 12:00:00 +0900'
  expect(
    live.decode('[11:59:00] <jane> hi', { receivedAt, header, path: '2021-11-10_#chan.log' }),
  ).toMatchObject({ createdAt: at('2021-11-20T02:59:00Z') })
})

test('times are in the configured time zone', async () => {
  const seoul = await testFormat(format, { time_zone: 'Asia/Seoul' })
  expect(seoul.decode('[2021-11-19 12:15:30] <jane> hi')).toMatchObject({
    createdAt: at('2021-11-19T03:15:30Z'),
  })
  expect(seoul.decode('[11:59:00] <jane> hi', { receivedAt })).toMatchObject({
    createdAt: at('2021-11-20T02:59:00Z'),
  })
  expect(() => format.options.parse({ time_zone: 'Asia/Soul' })).toThrow('expected a time zone')
})

test.each([
  ['<jane>', 'jane'],
  ['<@jane>', 'jane'],
  ['<~+%Jane>', 'Jane'],
  ['<!jane>', 'jane'],
  ['<^nightbot>', 'nightbot'],
  ['<&$*jane>', 'jane'],
  ['<@+제인 (jane_kr)>', 'jane_kr'],
  ['<제인>', '제인'],
  ['M12S(12345) <Jane>', 'Jane'],
  ['(12345) <Jane>', 'Jane'],
])('removes badges and modes from the name in %s', (name, author) => {
  expect(read(`[12:00:00] ${name} so good`)).toMatchObject({ author, text: 'so good' })
})

test('an action (/me) is a message', () => {
  expect(read('[12:00:00] <@jane>* dances <3')).toMatchObject({ author: 'jane', text: 'dances <3' })
})

test('keeps the text unchanged', () => {
  expect(read('[12:00:00] <jane>   <b> [x] # - ')).toMatchObject({ text: '  <b> [x] # - ' })
})

test.each([
  '# Log started: 2021-11-19 12:15:30 +0900',
  '# Log closed: 2021-11-19 12:15:30 +0900',
  '-',
  '[12:00:00] You have joined #chan',
  '[12:00:00] BAN: troll (600s) [spam], other',
  '[12:00:00] DELETED: troll (so <bad>)',
  '[12:00:00] JOIN: jane, john',
  '[12:00:00] VIEWERS: 1,234',
  '[12:00:00] BITS: jane (100)',
  '[12:00:00] MOD_ACTION: jane (timeout troll 600)',
  '[12:00:00] Viewerstats (12:00-12:35): avg:120 [4/2]',
  '[12:00:00] [Notification] jane subscribed for 3 months!',
  '[12:00:00] <jane> ',
  '[12:00:00]',
  'BAN: troll',
  'You have joined #chan',
])('finds no message in %s', line => {
  expect(read(line)).toBeNull()
})

test.each([
  ['hello there', /expected a line such as/],
  ['[12:00:00 <jane> hi', /expected a line such as/],
  ['jane: hi', /expected a line such as/],
  ['[25:00:00] <jane> hi', /expected a time, got "\[25:00:00\] "/],
  ['[12:61:00] <jane> hi', /expected a time/],
  ['[13:00:00 PM] <jane> hi', /expected a time/],
  ['[2021-02-30 12:00:00] <jane> hi', /expected a time/],
])('rejects %s', (line, message) => {
  expect(rejection(() => read(line))).toMatch(message)
})

test('a damaged line yields posts or a rejection, and never another error', () => {
  const records = [
    '[2021-11-19 03:05:07 PM] <@+제인 (jane)>* hi <3',
    '[12:00:00] BAN: troll (600s)',
    '<jane> hi',
  ]
  expect(fuzz(record => read(record), records, 5000)).toEqual([])
})

test('reads any line in one pass', () => {
  for (const piece of ['<', '[', '(', 'a <', ' (', '<@'])
    expect(() => rejection(() => read(piece.repeat(100_000)))).not.toThrow()
})
