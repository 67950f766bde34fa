import { expect, test } from 'vitest'
import { messageOf } from './message-of.ts'

test('whatever is thrown has a message', () => {
  expect(messageOf(new Error('broken'))).toBe('broken')
  expect(messageOf('broken')).toBe('broken')
  expect(messageOf(undefined)).toBe('undefined')
  expect(messageOf(Symbol('s'))).toBe('Symbol(s)')
  expect(messageOf(Object.assign(new Error('x'), { message: 7 }))).toBe('7')
})

test('even what cannot be told', () => {
  const untold = 'something that cannot be shown as text'
  expect(messageOf(Object.create(null))).toBe(untold)
  const hostile = {
    get message() {
      throw new Error('no')
    },
  }
  expect(messageOf(Object.setPrototypeOf(hostile, Error.prototype))).toBe(untold)
})
