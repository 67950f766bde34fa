import { expect, test } from 'vitest'
import { isLoopback } from '../shared/loopback.ts'
import { accessCheck } from './access.ts'

test('loopback is what only this machine can reach', () => {
  for (const host of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', 'localhost'])
    expect(isLoopback(host), host).toBe(true)
  for (const host of [
    '',
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '::ffff:10.0.0.1',
    'localhost.example',
    '127.0.0.1.example',
  ])
    expect(isLoopback(host), host).toBe(false)
})

test('with a token, only that token is let in', () => {
  const check = accessCheck('s3cret')
  expect(() => check({ authorization: 'Bearer s3cret' })).not.toThrow()
  expect(() => check({ authorization: 'bearer s3cret' })).not.toThrow()
  for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic s3cret', 's3cret'])
    expect(() => check(authorization === undefined ? {} : { authorization })).toThrow('expected a header')
  for (const token of ['s3cre', 's3crett', 'S3CRET'])
    expect(() => check({ authorization: `Bearer ${token}` })).toThrow('the token is not')
})

test('without one, any program may post but no web page', () => {
  const check = accessCheck(undefined)
  expect(() => check({})).not.toThrow()
  expect(() => check({ origin: 'https://elsewhere.example' })).toThrow('web pages may not post')
  expect(() => check({ origin: 'null' })).toThrow('web pages may not post')
})
