import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import format from './index.ts'

const receivedAt = 1_700_000_000_000

test('takes the record for the text of a post that was written when it came', async () => {
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

test('cuts white space off where told to', async () => {
  const { decode } = await testFormat(format, { trim: true })
  expect(decode(' so so ')).toMatchObject({ text: 'so so' })
})

test('gives every post the configured language', async () => {
  const { decode } = await testFormat(format, { lang: 'ko' })
  expect(decode('좋아요')).toMatchObject({ lang: 'ko' })
})

test('refuses a language that is none', () => {
  expect(() => format.options.parse({ lang: 'English!' })).toThrow('expected a language such as')
})
