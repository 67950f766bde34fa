import { expect, test } from 'vitest'
import { printable, table, wrap } from './output.ts'

test('a table aligns its columns and wraps the last', () => {
  const rows = [
    ['demo', 'a', 'Invents posts about a few topics, with moods that drift.'],
    ['twitter-v1', '', 'Short.'],
  ]
  expect(table(rows, { width: 46, indent: '  ' })).toBe(
    [
      '  demo        a  Invents posts about a few',
      '                 topics, with moods that',
      '                 drift.',
      '  twitter-v1     Short.',
    ].join('\n'),
  )
})

test('an empty table is empty', () => {
  expect(table([])).toBe('')
})

test('text is wrapped at spaces, and a word that is too long gets a line of its own', () => {
  expect(wrap('a bb cccccccc d', 5)).toEqual(['a bb', 'cccccccc', 'd'])
})

test('control characters of posts do not reach the terminal', () => {
  expect(printable('\u001b[2Jhi\r\n\u202eabc 한국어 🎉')).toBe(
    '\\u001b[2Jhi\\u000d\\u000a\\u202eabc 한국어 🎉',
  )
})
