import { expect, test } from 'vitest'
import { datedUrl, linkIn } from './fetch-page.ts'

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

test('the date of a URL is that of UTC', () => {
  const url = 'https://example.com/top/{yyyy}/{mm}/{dd}?day={dd}'
  expect(datedUrl(url, Date.parse('2026-01-02T23:59:59Z'))).toBe('https://example.com/top/2026/01/02?day=02')
  expect(datedUrl('https://example.com/', 0)).toBe('https://example.com/')
})
