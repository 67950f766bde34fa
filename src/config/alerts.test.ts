import { expect, test } from 'vitest'
import { alertThresholds } from './alerts.ts'
import { parseConfig } from './load.ts'

function thresholds(yaml: string, topics: string[]): Record<string, Record<string, number>> {
  const result = parseConfig(`sources: [{ use: demo }]\n${yaml}`, 'mood.yml', {})
  if (!result.ok)
    throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  const byTopic: Record<string, Record<string, number>> = Object.fromEntries(topics.map(name => [name, {}]))
  for (const { topic, parameter, value } of alertThresholds(result.loaded.config, topics)) {
    const found = byTopic[topic] as Record<string, number>
    expect(found[parameter], 'one series each').toBeUndefined()
    found[parameter] = value
  }
  return byTopic
}

const SPIKE = { z: 4.6, min_posts: 20, min_rise: 0.08, min_usual_posts: 200 }

test('by default only the alert on negative posts is on', () => {
  expect(thresholds('', ['all'])).toEqual({ all: SPIKE })
  expect(thresholds('topics: { a: [x], b: { any: [y] } }', ['a', 'b'])).toEqual({ a: SPIKE, b: SPIKE })
})

test('a topic overrides the section, which overrides the defaults', () => {
  const yaml = `
alert: { z: 6, min_posts: 50 }
topics:
  a: [x]
  b: { any: [y], alert: { z: 7 } }`
  expect(thresholds(yaml, ['a', 'b'])).toEqual({
    a: { ...SPIKE, z: 6, min_posts: 50 },
    b: { ...SPIKE, z: 7, min_posts: 50 },
  })
})

test('alerts are off for one topic, or for all but one', () => {
  expect(thresholds('topics: { a: [x], b: { any: [y], alert: off } }', ['a', 'b'])).toEqual({
    a: SPIKE,
    b: {},
  })
  const yaml =
    'alert: false\ntopics: { a: [x], b: { any: [y], alert: on }, c: { any: [y], alert: { z: 4 } } }'
  expect(thresholds(yaml, ['a', 'b', 'c'])).toEqual({ a: {}, b: SPIKE, c: { ...SPIKE, z: 4 } })
})

test('further alerts can be enabled for all topics or for one', () => {
  const yaml = `
alert: { joy: { z: 4 } }
topics:
  a: [x]
  b: { any: [y], alert: { joy: off, surge: on } }
  c: { any: [y], alert: { joy: { min_rise: 0.2 } } }`
  const found = thresholds(yaml, ['a', 'b', 'c'])
  expect(found.a).toMatchObject({ joy_z: 4, joy_min_rise: 0.08 })
  expect(Object.keys(found.b ?? {}).filter(name => !(name in SPIKE))).toEqual([
    'surge_z',
    'surge_min_ratio',
    'surge_min_peak_ratio',
  ])
  expect(found.c).toMatchObject({ joy_z: 4, joy_min_rise: 0.2 })
})

test.each([
  ['alert: { min_rice: 0.1 }', 'alert.min_rice: unknown key "min_rice", did you mean "min_rise"?'],
  ['alert: { min_rise: 8 }', 'alert.min_rise: expected less than 1, got 8'],
  ['topics: { a: { any: [x], alert: { z: high } } }', 'topics.a.alert.z: expected a number, got "high"'],
  ['alert: { joy: perhaps }', 'alert.joy: expected "on", "off", true or false or a mapping, got "perhaps"'],
])('%s is rejected', (yaml, message) => {
  expect(() => thresholds(yaml, [])).toThrow(message)
})
