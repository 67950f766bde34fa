import { expect, test } from 'vitest'
import { headText, labelsText, numberText } from './text-format.ts'

const family = { name: 'a_seconds_total', type: 'counter', help: 'A "b" \\ of\nc.', unit: 'seconds' }

test('the text format says HELP and TYPE of the name that the samples have', () => {
  expect(headText(family, 'text')).toBe(
    '# HELP a_seconds_total A "b" \\\\ of\\nc.\n# TYPE a_seconds_total counter\n',
  )
})

test('OpenMetrics names a counter without _total, has units, and wants quotes escaped in HELP', () => {
  expect(headText(family, 'openmetrics')).toBe(
    '# HELP a_seconds A \\"b\\" \\\\ of\\nc.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\n',
  )
  expect(headText({ name: 'b_total', type: 'gauge', help: 'B.' }, 'openmetrics')).toContain(
    '# TYPE b_total gauge',
  )
})

test('labels are escaped; without any there are no braces', () => {
  expect(
    labelsText([
      ['a', 'x"\\\n'],
      ['b', ''],
    ]),
  ).toBe('{a="x\\"\\\\\\n",b=""}')
  expect(labelsText([])).toBe('')
})

test.each([
  [0, '0'],
  [1e21, '1e+21'],
  [0.1, '0.1'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
])('%d is written %s', (value, text) => {
  expect(numberText(value)).toBe(text)
})
