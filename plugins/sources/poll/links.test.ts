import { expect, test } from 'vitest'
import { linkIn } from './links.ts'

test.each([
  ['<https://x/?page=2>; rel="next"', 'https://x/?page=2'],
  ['<https://x/?a=1,2>; rel=next', 'https://x/?a=1,2'],
  ['<https://x/1>; rel="prev", <https://x/2>; rel="next"', 'https://x/2'],
  ['<https://x/1>;rel="prev first" , <https://x/2>; title="a; b"; rel="last next"', 'https://x/2'],
  ['<https://x/2>; REL="NEXT"', 'https://x/2'],
])('the next page is found in %s', (header, target) => {
  expect(linkIn(header, 'next')).toBe(target)
})

test.each([null, '', '<https://x/1>; rel="prev"', 'rel="next"', '<https://x/1>; title="next"'])(
  'there is none in %s',
  header => {
    expect(linkIn(header, 'next')).toBeUndefined()
  },
)
