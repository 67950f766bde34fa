import { beforeEach, expect, test } from 'vitest'
import { MemoryStore } from './memory-store.ts'
import { type Json, STORE_LIMITS } from './store.ts'

let store: MemoryStore
beforeEach(() => {
  store = new MemoryStore()
})

test('a value is kept until it is replaced or deleted', async () => {
  expect(await store.get('token')).toBeUndefined()
  await store.set('token', { secret: 'a', scopes: ['read'] })
  expect(await store.get('token')).toEqual({ secret: 'a', scopes: ['read'] })
  await store.set('token', null)
  expect(await store.get('token')).toBeNull()
  await store.delete('token')
  await store.delete('token')
  expect(await store.get('token')).toBeUndefined()
})

test('keys are listed in order, with any names', async () => {
  for (const key of ['b', 'a', '__proto__', 'constructor']) await store.set(key, 1)
  expect(await store.keys()).toEqual(['__proto__', 'a', 'b', 'constructor'])
  expect(await store.get('toString')).toBeUndefined()
})

test('the stored value is a copy', async () => {
  const value = { n: 1 }
  await store.set('key', value)
  value.n = 2
  const read = (await store.get('key')) as { n: number }
  read.n = 3
  expect(await store.get('key')).toEqual({ n: 1 })
})

test('calls take effect in the order in which they were made', async () => {
  const calls = [
    store.set('key', 1),
    store.get('key'),
    store.delete('key'),
    store.get('key'),
    store.set('key', 2),
  ]
  expect(await Promise.all(calls)).toEqual([undefined, 1, undefined, undefined, undefined])
  expect(await store.get('key')).toBe(2)
})

test.each<[what: string, value: unknown, message: string]>([
  ['nothing', undefined, 'store: key: expected JSON, got nothing'],
  ['a function', () => 1, 'store: key: expected JSON, got a function'],
  ['NaN', Number.NaN, 'store: key: expected JSON, got NaN'],
  ['Infinity inside an object', { a: [Number.POSITIVE_INFINITY] }, 'store: key: expected JSON, got Infinity'],
  ['a large integer', { id: 12n }, 'store: key: expected JSON, got 12'],
])('%s is rejected as a value, and the key keeps its value', async (_, value, message) => {
  await store.set('key', 'before')
  await expect(store.set('key', value as Json)).rejects.toThrow(new TypeError(message))
  expect(await store.get('key')).toBe('before')
})

test('a key is text, not empty and not too long', async () => {
  await expect(store.set('', 1)).rejects.toThrow('expected a key as text that is not empty, got ""')
  await expect(store.set(7 as never, 1)).rejects.toThrow('got 7')
  await expect(store.set('x'.repeat(201), 1)).rejects.toThrow(
    'expected a key of up to 200 characters, got 201',
  )
})

test('a value may have 64 KiB as UTF-8, quotes included, and no more', async () => {
  await store.set('key', '가'.repeat(21_844))
  await expect(store.set('key', '가'.repeat(21_845))).rejects.toThrow(
    new RangeError('store: key: expected a value of up to 65536 bytes, got 65537'),
  )
})

test('stores up to a thousand keys, and existing keys can always be replaced', async () => {
  for (let i = 0; i < STORE_LIMITS.keys; i++) await store.set(`${i}`, i)
  await expect(store.set('one more', 1)).rejects.toThrow(
    new RangeError('store: one more: expected up to 1000 keys, there are 1000: delete some'),
  )
  await store.set('7', 'replaced')
  await store.delete('8')
  await store.set('one more', 1)
  expect(await store.keys()).toHaveLength(STORE_LIMITS.keys)
})
