import { expect, test } from 'vitest'
import { faultOfPost } from './post-check.ts'

const post = { text: 'x', createdAt: 0 }

test('a post needs a text and a time, and may have more', () => {
  expect(faultOfPost(post)).toBe(null)
  expect(faultOfPost({ ...post, createdAt: -8.64e15, text: '' })).toBe(null)
  expect(faultOfPost({ ...post, id: '1', lang: 'en', author: 'a', url: 'u', topics: ['t'], extra: 1 })).toBe(
    null,
  )
  expect(faultOfPost({ ...post, id: undefined, topics: undefined })).toBe(null)
})

test.each([
  [undefined, 'expected a post, got undefined'],
  [null, 'expected a post, got null'],
  ['x', 'expected a post, got string'],
  [[post], 'expected `text` to be a string, got undefined'],
  [{ createdAt: 0 }, 'expected `text` to be a string, got undefined'],
  [{ ...post, text: null }, 'expected `text` to be a string, got null'],
  [{ text: 'x' }, 'expected `createdAt` to be Unix milliseconds, got undefined'],
  [{ ...post, createdAt: '0' }, 'expected `createdAt` to be Unix milliseconds, got string'],
  [{ ...post, createdAt: Number.NaN }, 'expected `createdAt` to be Unix milliseconds, got NaN'],
  [{ ...post, createdAt: 1e300 }, 'expected `createdAt` to be Unix milliseconds, got 1e+300'],
  [{ ...post, id: 7 }, 'expected `id` to be a string or absent, got number'],
  [{ ...post, lang: null }, 'expected `lang` to be a string or absent, got null'],
  [{ ...post, url: [] }, 'expected `url` to be a string or absent, got an array'],
  [{ ...post, topics: 'all' }, 'expected `topics` to be an array or absent, got string'],
])('%j is told apart from a post', (value, fault) => {
  expect(faultOfPost(value)).toBe(fault)
})
