import { expect, test } from 'vitest'
import { readPost } from './read-post.ts'

const post = { text: 'x', createdAt: 0 }

test('a post needs a text and a time, and may have more', () => {
  expect(readPost(post)).toEqual(post)
  const oldest = { createdAt: -8.64e15, text: '' }
  expect(readPost(oldest)).toEqual(oldest)
  const whole = { ...post, id: '1', lang: 'en', author: 'a', url: 'u', topics: ['t'], emotes: ['LUL'] }
  expect(readPost({ ...whole, extra: 1 })).toEqual(whole)
  expect(readPost({ ...post, id: undefined, topics: undefined })).toEqual(post)
})

test('returns a copy, so that nothing changes after validation', () => {
  const topics = ['t']
  const frozen = Object.freeze({ ...post, topics: Object.freeze(topics) })
  const copy = readPost(frozen)
  if (typeof copy === 'string') return expect.unreachable()
  copy.lang = 'en'
  copy.topics?.push('u')
  expect(copy).toEqual({ ...post, lang: 'en', topics: ['t', 'u'] })
  expect(frozen).toEqual({ ...post, topics: ['t'] })
})

test('each property is read once', () => {
  let reads = 0
  const changing = {
    createdAt: 0,
    get text(): unknown {
      return reads++ === 0 ? 'x' : 7
    },
  }
  expect(readPost(changing)).toEqual(post)
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
  [{ ...post, topics: ['a', 7] }, 'expected `topics` to be names, got number among them'],
  [{ ...post, emotes: 'LUL' }, 'expected `emotes` to be an array or absent, got string'],
  [{ ...post, topics: ['a'], emotes: [7] }, 'expected `emotes` to be names, got number among them'],
  [{ ...post, topics: new Array(1) }, 'expected `topics` to be names, got undefined among them'],
])('%j is not a post', (value, fault) => {
  expect(readPost(value)).toBe(fault)
})
