import { expect, test } from 'vitest'
import { fillMarkers } from '../tools/docs/markers.ts'

test('generated text is put between its markers, and what is around stays', () => {
  const document = '# Title\n\n<!-- options -->\nold\n<!-- /options -->\n\nBy hand.\n'
  const filled = fillMarkers(document, 'options', 'new')
  expect(filled).toBe('# Title\n\n<!-- options -->\n\nnew\n\n<!-- /options -->\n\nBy hand.\n')
  expect(fillMarkers(filled, 'options', 'new')).toBe(filled)
})

test('a document without the markers is refused', () => {
  expect(() => fillMarkers('# Title\n<!-- /options -->\n<!-- options -->\n', 'options', 'new')).toThrow(
    'expected the lines <!-- options --> and <!-- /options -->',
  )
})
