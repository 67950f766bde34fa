import { expect, test } from 'vitest'
import { withinUrl } from './urls.ts'

/** The text with a dot for each character within a URL. */
function hidden(text: string): string {
  const isHidden = withinUrl(text)
  return Array.from({ length: text.length }, (_, i) => (isHidden(i) ? '.' : text[i])).join('')
}

test('indexes within URLs are known', () => {
  expect(hidden('see https://a.example/#b, x')).toBe(`see ${'.'.repeat(21)} x`)
  expect(hidden('a.example/@b 갤 HTTP://x/y')).toBe(`${'.'.repeat(12)} 갤 ${'.'.repeat(10)}`)
  expect(hidden('#a @b a.example me@a.example')).toBe('#a @b a.example me@a.example')
})

test('a text does not affect another', () => {
  const first = withinUrl('https://a.example https://b.example')
  expect(first(0)).toBe(true)
  expect(withinUrl('x/y https://c.example')(5)).toBe(true)
  expect(first(20)).toBe(true)
})
