import { expect, test } from 'vitest'
import { labelOfWord, numberOf } from './labels.ts'

test.each([
  ['positive', 'positive'],
  [' POS ', 'positive'],
  ['긍정', 'positive'],
  ['Extremely Positive', 'positive'],
  ['somewhat_negative', 'negative'],
  ['부정', 'negative'],
  ['négatif', 'negative'],
  ['ne\u0301gatif', 'negative'],
  ['Neutral', 'neutral'],
  ['중립', 'neutral'],
  ['objective-OR-neutral', 'neutral'],
  ['非', undefined],
  ['meh', undefined],
  ['very', undefined],
  ['', undefined],
] as const)('the label %j is %s', (text, label) => {
  expect(labelOfWord(text)).toBe(label)
})

test.each([
  ['1', 1],
  ['-1', -1],
  ['\u22121', -1],
  [' 4.5 ', 4.5],
  ['+2', 2],
  ['.5', 0.5],
  ['5.', 5],
  ['1e3', undefined],
  ['0x1', undefined],
  ['Infinity', undefined],
  ['5 stars', undefined],
  ['', undefined],
] as const)('%j is the rating %s', (text, rating) => {
  expect(numberOf(text)).toBe(rating)
})
