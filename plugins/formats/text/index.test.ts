import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { rejection } from '../testing.ts'
import format from './index.ts'

const receivedAt = 1_700_000_000_000

test('the record is the text of a post, written at the time of its arrival', async () => {
  const { decode } = await testFormat(format)
  expect(decode('  I "love" it\t{}', { receivedAt })).toEqual({
    text: '  I "love" it\t{}',
    createdAt: receivedAt,
  })
})

test('finds no post in a blank record', async () => {
  const { decode } = await testFormat(format)
  expect(decode(' \t ')).toBeNull()
})

test('trims white space with the option `trim`', async () => {
  const { decode } = await testFormat(format, { trim: true })
  expect(decode(' so so ')).toMatchObject({ text: 'so so' })
})

test('gives every post the configured language', async () => {
  const { decode } = await testFormat(format, { lang: 'ko' })
  expect(decode('좋아요')).toMatchObject({ lang: 'ko' })
})

test('rejects an invalid language', () => {
  expect(() => format.options.parse({ lang: 'English!' })).toThrow('expected a language such as')
})

const CHAT = '^\\[(?<time>[^\\]]+)\\] <(?<author>[^>]+)> (?<text>.*)$'

test('a pattern separates the text from the time and the name before it', async () => {
  const { decode } = await testFormat(format, { pattern: CHAT })
  expect(decode('[2021-11-19 03:15:30] <happy_lover> the stream is lagging', { receivedAt })).toEqual({
    text: 'the stream is lagging',
    author: 'happy_lover',
    createdAt: 1_637_291_730_000,
  })
  expect(rejection(() => decode('happy_lover has joined'))).toBe(
    'expected a line that the pattern matches, got "happy_lover has joined"',
  )
  expect(rejection(() => decode('[soon] <a> b'))).toMatch(/^time: expected a time .+, got "soon"$/)
  expect(decode('[2021-11-19] <a>  ')).toBeNull()
})

test('a time without a date is replaced by the time of arrival, and logged once', async () => {
  const { decode, logged } = await testFormat(format, { pattern: CHAT })
  for (const time of ['0:02:00.721', '12:00:03', '9:41 PM', '123:45'])
    expect(decode(`[${time}] <a> b`, { receivedAt })).toMatchObject({ createdAt: receivedAt })
  expect(logged).toEqual([
    {
      level: 'warn',
      message: 'times have no date: posts get the time at which they are read',
      fields: { time: '0:02:00.721' },
    },
  ])
})

test('a pattern may have a group for every field of a post, or leave some out', async () => {
  const pattern = '^(?<id>\\d+) (?<lang>\\w\\w) (?<url>\\S+) (?:(?<author>\\w+): )?(?<text>.+)'
  const { decode } = await testFormat(format, { pattern, trim: true })
  expect(decode('7 ko https://example.org/7 jane: 좋아요 ', { receivedAt })).toEqual({
    id: '7',
    lang: 'ko',
    url: 'https://example.org/7',
    author: 'jane',
    text: '좋아요',
    createdAt: receivedAt,
  })
  expect(decode('7 ko x 좋아요')).toMatchObject({ text: '좋아요', author: undefined })
})

test('lines that the pattern does not match can be configured to be no post', async () => {
  const { decode } = await testFormat(format, { pattern: CHAT, optional: true })
  expect(decode('* happy_lover has joined')).toBeNull()
})

test.each([
  ['(?<text>', 'expected a regular expression'],
  ['^(.*)$', 'expected a group that is the text'],
])('rejects the pattern %j', (pattern, message) => {
  expect(() => format.options.parse({ pattern })).toThrow(message)
})

test('extracts the text of HTML with the option `html`', async () => {
  const { decode } = await testFormat(format, { html: true })
  expect(decode('<b>so</b> good &lt;3')).toMatchObject({ text: 'so good <3' })
})
