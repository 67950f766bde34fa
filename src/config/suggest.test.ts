import { expect, test } from 'vitest'
import { nearest, unknownKey } from './suggest.ts'

const KNOWN = ['server', 'sources', 'topics', 'scorers', 'extractors', 'use']

test.for([
  ['extractor', 'extractors'],
  ['Sources', 'sources'],
  ['soruces', 'sources'],
  ['topic', 'topics'],
  ['uses', 'use'],
])('for "%s" the nearest known key is "%s"', ([typed, meant]) => {
  expect(nearest(typed as string, KNOWN)).toBe(meant)
})

test('a very different word has no suggestion', () => {
  expect(nearest('kubernetes', KNOWN)).toBeUndefined()
  expect(nearest('ab', ['xy'])).toBeUndefined()
  expect(nearest('x'.repeat(100_000), KNOWN)).toBeUndefined()
})

test.for([
  ['foo', ['joy', 'few', 'log']],
  ['nope', ['nate', 'open source']],
  ['kat', ['text']],
] as const)('for "%s" none of %j is a guess: half of the letters or more differ', ([typed, known]) => {
  expect(nearest(typed, known)).toBeUndefined()
})

test.for([
  ['tpye', 'type'],
  ['usr', 'use'],
  ['rat', 'rate'],
  ['htp', 'http'],
  ['shw', 'show'],
])('for the short "%s" it is "%s"', ([typed, meant]) => {
  expect(nearest(typed as string, ['type', 'use', 'rate', 'http', 'show'])).toBe(meant)
})

test('an unknown key suggests the nearest, or names all', () => {
  expect(unknownKey('extractor', KNOWN)).toBe('unknown key "extractor", did you mean "extractors"?')
  expect(unknownKey('kubernetes', ['size', 'slide'])).toBe(
    'unknown key "kubernetes": expected "size" or "slide"',
  )
  expect(unknownKey('size', [])).toBe('unknown key "size": there are none here')
})
