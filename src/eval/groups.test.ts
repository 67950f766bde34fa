import { expect, test } from 'vitest'
import { LanguageGroups, LENGTH_GROUPS, lengthGroup } from './groups.ts'

test('posts are grouped by their number of characters, with an emoji as one', () => {
  expect(LENGTH_GROUPS).toEqual(['0–20', '21–50', '51–100', '101–140', '141–280', 'over 280'])
  const groupsOf = (character: string) =>
    [0, 20, 21, 280, 281, 5000].map(n => lengthGroup(character.repeat(n)))
  const expected = ['0–20', '0–20', '21–50', '141–280', 'over 280', 'over 280']
  expect(groupsOf('a')).toEqual(expected)
  expect(groupsOf('😀')).toEqual(expected)
})

test('languages are grouped without region and script, up to a number of them', () => {
  const groups = new LanguageGroups()
  expect(['en', 'en-US', 'EN_gb', 'zh-Hant', undefined].map(lang => groups.group(lang))).toEqual([
    'en',
    'en',
    'en',
    'zh',
    'not known',
  ])
  const found = new Set(Array.from({ length: 1000 }, (_, i) => groups.group(`x${i}`)))
  expect(found.size).toBeLessThan(50)
  expect(groups.group('x999')).toBe('others')
  expect(groups.group('en')).toBe('en')
})
