import { expect, test } from 'vitest'
import { formatPath, formatProblem, orList, quote } from './problem.ts'

test('a problem says its file, line, path, message and code', () => {
  const problem = {
    file: 'mood.yml',
    line: 12,
    column: 5,
    path: 'sources[0].brokers',
    message: 'expected "host:port", got "kafka"',
    code: 'ERR_CONFIG_INVALID',
  } as const
  expect(formatProblem(problem)).toBe(
    'mood.yml:12 sources[0].brokers: expected "host:port", got "kafka" (ERR_CONFIG_INVALID)',
  )
  expect(formatProblem({ ...problem, line: 0, path: '' })).toBe(
    'mood.yml: expected "host:port", got "kafka" (ERR_CONFIG_INVALID)',
  )
})

test('a path quotes keys that are no plain words', () => {
  expect(formatPath(['sources', 0, 'format', 'use'])).toBe('sources[0].format.use')
  expect(formatPath(['topics', '갤럭시', 'any', 1])).toBe('topics.갤럭시.any[1]')
  expect(formatPath(['topics', 'galaxy s26', 'any'])).toBe('topics["galaxy s26"].any')
  expect(formatPath([])).toBe('')
})

test('a quoted text is cut, and its control characters are escaped', () => {
  expect(quote('\u001b[2J')).toBe('"\\u001b[2J"')
  expect(quote('x'.repeat(10_000))).toHaveLength(63)
})

test('a list of alternatives is natural English', () => {
  expect([orList([]), orList(['a']), orList(['a', 'b']), orList(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a or b',
    'a, b or c',
  ])
})
