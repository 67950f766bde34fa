import { expect, test } from 'vitest'
import { messageOf } from './message-of.ts'

test('the message of an error, and anything else as text', () => {
  expect(messageOf(new Error('broken'))).toBe('broken')
  expect(messageOf('broken')).toBe('broken')
  expect(messageOf(undefined)).toBe('undefined')
  expect(messageOf(Symbol('s'))).toBe('Symbol(s)')
  expect(messageOf(Object.assign(new Error('x'), { message: 7 }))).toBe('7')
})

test('an error without a message is shown by its code, or its name', () => {
  expect(messageOf(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED')
  expect(messageOf(new TypeError(''))).toBe('TypeError')
})

test('several errors in one are shown together, each message once and no more than five', () => {
  const errors = ['a', 'b', 'a'].map(message => new Error(message))
  expect(messageOf(new AggregateError(errors, 'all failed'))).toBe('a, b')
  const many = Array.from({ length: 100 }, (_, i) => new Error(`${i}`))
  expect(messageOf(new AggregateError(many))).toBe('0, 1, 2, 3, 4')
  expect(messageOf(new AggregateError([], 'all failed'))).toBe('all failed')
})

test('a fetch that failed is shown by its cause', async () => {
  const failed = await fetch('http://127.0.0.1:1/').catch(error => error)
  expect(failed.message).toBe('fetch failed')
  expect(messageOf(failed)).not.toBe('fetch failed')
})

test('what cannot be shown as text, or contains itself, still has a message', () => {
  const unshowable = 'something that cannot be shown as text'
  expect(messageOf(Object.create(null))).toBe(unshowable)
  const hostile = {
    get message() {
      throw new Error('no')
    },
  }
  expect(messageOf(Object.setPrototypeOf(hostile, Error.prototype))).toBe(unshowable)
  const cyclic = new AggregateError([], 'around')
  cyclic.errors.push(cyclic)
  expect(messageOf(cyclic)).toBe('around')
})
