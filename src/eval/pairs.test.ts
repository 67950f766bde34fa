import { expect, test } from 'vitest'
import { Pairs } from './pairs.ts'

test('a pair is right if all of its posts are', () => {
  const pairs = new Pairs()
  pairs.add('1', 'praise', true)
  pairs.add('1', 'praise', true)
  pairs.add('2', 'praise', true)
  pairs.add('2', 'praise', false)
  pairs.add('3', 'blame', false)
  pairs.add('3', 'blame', true)
  expect(pairs.result()).toEqual({
    all: { pairs: 3, right: 1 },
    byKind: { praise: { pairs: 2, right: 1 }, blame: { pairs: 1, right: 0 } },
  })
})

test('a single post is not a pair', () => {
  const pairs = new Pairs()
  pairs.add('1', undefined, true)
  pairs.add(undefined, undefined, true)
  pairs.add(undefined, undefined, true)
  pairs.add('1', undefined, true)
  expect(pairs.result()).toEqual({ all: { pairs: 0, right: 0 }, byKind: {} })
})
