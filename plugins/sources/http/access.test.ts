import { expect, test } from 'vitest'
import { accessCheck } from './access.ts'

test('with a token, accepts only that token', () => {
  const check = accessCheck('s3cret')
  expect(() => check({ authorization: 'Bearer s3cret' })).not.toThrow()
  expect(() => check({ authorization: 'bearer s3cret' })).not.toThrow()
  for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic s3cret', 's3cret'])
    expect(() => check(authorization === undefined ? {} : { authorization })).toThrow('expected a header')
  for (const token of ['s3cre', 's3crett', 'S3CRET'])
    expect(() => check({ authorization: `Bearer ${token}` })).toThrow('the token is not')
})

test('without a token, accepts programs but no web pages', () => {
  const check = accessCheck(undefined)
  expect(() => check({})).not.toThrow()
  expect(() => check({ origin: 'https://elsewhere.example' })).toThrow('web pages may not post')
  expect(() => check({ origin: 'null' })).toThrow('web pages may not post')
})
