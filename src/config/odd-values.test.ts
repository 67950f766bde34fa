import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { parseConfig } from './load.ts'
import { ODD_VALUES, optionPlaces, readsLikeAnException, withValueAt } from './odd-values-testing.ts'
import { formatPath } from './problem.ts'
import { configSchema } from './schema.ts'

const PLACES = optionPlaces(configSchema)

/** A configuration that is valid but for one value. */
function configWith(path: (string | number)[], value: unknown): string {
  const base = { sources: [{ use: 'demo' }] }
  for (const section of ['scorers', 'extractors'])
    if (path[0] === section && path.length > 1) Object.assign(base, { [section]: [{ use: 'x' }] })
  if (path[0] === 'windows' && path.length > 1) Object.assign(base, { windows: [{ size: '1m' }] })
  return stringify(withValueAt(base, path, value))
}

test.each(ODD_VALUES.map(value => [JSON.stringify(value) ?? String(value), value]))(
  'a configuration with %s at any key is valid or rejected with our own messages',
  (_, value) => {
    expect(PLACES.length).toBeGreaterThan(80)
    for (const path of PLACES) {
      const result = parseConfig(configWith(path, value), 'mood.yml', {})
      const messages = result.ok ? [] : result.problems.map(({ message }) => message)
      expect(messages.filter(readsLikeAnException), formatPath(path)).toEqual([])
      expect(result.ok || messages.length > 0).toBe(true)
    }
  },
)

test('an empty value at any key is rejected there, and hides no other problem', () => {
  for (const path of PLACES.filter(({ length }) => length > 1)) {
    const text = `${configWith(path, null)}unknown: 1\n`
    const result = parseConfig(text, 'mood.yml', {})
    const problems = result.ok ? [] : result.problems
    expect(problems).toContainEqual(
      expect.objectContaining({ path: formatPath(path), message: expect.stringMatching(/, got nothing$/) }),
    )
    expect(problems).toContainEqual(expect.objectContaining({ path: 'unknown' }))
  }
})
