import { expect, test } from 'vitest'
import { counted } from './counted.ts'

test('one is singular', () => {
  expect([0, 1, 2, 12_345].map(n => counted(n, 'post'))).toEqual([
    '0 posts',
    '1 post',
    '2 posts',
    '12,345 posts',
  ])
})
