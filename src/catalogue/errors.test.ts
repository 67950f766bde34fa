import { expect, test } from 'vitest'
import {
  codeOf,
  createError,
  ERRORS,
  type ErrorDeclaration,
  errorText,
  exitCodeOf,
  MoodError,
} from './errors.ts'

test('a code makes its error, with the values in the message and the cause kept', () => {
  const cause = new Error('EADDRINUSE')
  const error = createError(
    'ERR_LISTEN',
    { address: '127.0.0.1:80', reason: 'the port is in use' },
    { cause },
  )
  expect(error).toBeInstanceOf(MoodError)
  expect(error).toMatchObject({
    code: 'ERR_LISTEN',
    message: 'cannot listen on 127.0.0.1:80: the port is in use',
    cause,
  })
})

test('a value that looks like a placeholder is not changed', () => {
  expect(errorText('ERR_LISTEN', { address: '{reason}', reason: '$& {address}' })).toBe(
    'cannot listen on {reason}: $& {address}',
  )
})

test('only a wrong command line exits with 2', () => {
  expect(exitCodeOf(createError('ERR_USAGE', { problem: 'x' }))).toBe(2)
  expect(exitCodeOf(createError('ERR_CONFIG_INVALID', { problem: 'x' }))).toBe(1)
  expect(exitCodeOf(new MoodError('ERR_EXCLAIM_WEIGHTS', 'x'))).toBe(1)
  expect(exitCodeOf(new Error('x'))).toBe(1)
})

test("an error's code is its own only where it is ours or a plugin's", () => {
  const named = (name: string, code: unknown) => Object.assign(new Error('x'), { name, code })
  expect(codeOf(createError('ERR_USAGE', { problem: 'x' }))).toBe('ERR_USAGE')
  // As of a package that brings its own copy of the class.
  expect(codeOf(named('PluginError', 'ERR_EXCLAIM_WEIGHTS'))).toBe('ERR_EXCLAIM_WEIGHTS')
  expect(codeOf(named('PluginError', 'no code\u001b[2J'))).toBeUndefined()
  expect(codeOf(named('TypeError', 'ERR_INVALID_ARG_TYPE'))).toBeUndefined()
  for (const thrown of [undefined, null, 'ERR_USAGE', { name: 'PluginError', code: 'ERR_X' }])
    expect(codeOf(thrown)).toBeUndefined()
})

test('every code says in whole sentences what it means and what to do', () => {
  for (const [code, { means, action }] of Object.entries<ErrorDeclaration>(ERRORS)) {
    expect(means, code).toMatch(/^[A-Z`].*\.$/)
    expect(action, code).toMatch(/^[A-Z`].*\.$/)
  }
})
