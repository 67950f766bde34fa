import { expect, test } from 'vitest'
import { faults, isAllowed } from '../tools/licenses.ts'

test('of alternatives one licence must be allowed, of licences that hold together each', () => {
  for (const [expression, allowed] of [
    ['MIT', true],
    ['GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only) AND Zlib', false],
    ['MPL-2.0 OR (ISC AND (MIT OR WTFPL))', true],
    ['SEE LICENSE IN LICENSE.md', false],
  ] as const)
    expect(isAllowed(expression), expression).toBe(allowed)
})

test('a package that ships under another licence, or under none, is named, however deep it lies', () => {
  const packages = {
    '': { license: 'Proprietary' },
    'node_modules/fine': { version: '1.0.0', license: 'MIT' },
    'node_modules/fine/node_modules/@deep/copyleft': { version: '2.0.0', license: 'AGPL-3.0' },
    'node_modules/silent': { version: '3.0.0', optional: true },
    'node_modules/tool': { version: '4.0.0', license: 'GPL-2.0', dev: true },
  }
  expect(faults({ packages })).toEqual(['@deep/copyleft@2.0.0: AGPL-3.0', 'silent@3.0.0: names none'])
})
