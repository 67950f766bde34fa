import { expect, test } from 'vitest'
import { datedUrl } from './dated-url.ts'

test('the date of a URL is that of UTC', () => {
  const url = 'https://example.com/top/{yyyy}/{mm}/{dd}?day={dd}'
  expect(datedUrl(url, Date.parse('2026-01-02T23:59:59Z'))).toBe('https://example.com/top/2026/01/02?day=02')
  expect(datedUrl('https://example.com/', 0)).toBe('https://example.com/')
})
