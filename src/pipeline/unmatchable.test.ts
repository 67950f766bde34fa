import { expect, test } from 'vitest'
import { unmatchableKeywords } from './unmatchable.ts'

test.each([
  ['the same keyword', { any: ['tea', 'coffee'], not: ['Coffee'] }, ['any[1] coffee: Coffee']],
  ['a word of a hashtag', { all: ['tea', '#tea'], not: ['tea'] }, ['all[0] tea: tea', 'all[1] #tea: tea']],
  ['a particle behind a Korean word', { any: ['갤럭시는'], not: ['갤럭시'] }, ['any[0] 갤럭시는: 갤럭시']],
])('a keyword that contains one of `not` matches no post: %s', (_, rule, expected) => {
  const found = unmatchableKeywords([
    { name: 'other', any: ['tea'] },
    { name: 'a', ...rule },
  ])
  const texts = found.map(({ role, place, keyword, not }) => `${role}[${place}] ${keyword}: ${not}`)
  expect(texts).toEqual(expected)
  expect(found.every(({ topic }) => topic === 'a')).toBe(true)
})

test('a keyword that is only a part of a word, or of which one spelling is free of `not`, can match', () => {
  const rule = { name: 'a', any: ['teapot', 'galaxy watch'], not: ['tea', 'watch'] }
  expect(unmatchableKeywords([rule])).toEqual([])
})
