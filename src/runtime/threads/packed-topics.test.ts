import { expect, test } from 'vitest'
import { packed, unpacked, withTopics } from './packed-topics.ts'

const TOPICS = [{ name: 'tea', any: ['tea', '차'] }, { name: 'rest' }]
const TEXT = JSON.stringify(TOPICS)

test('a thread gets the topics of a plan without the main thread reading them', () => {
  // What is read would not be JSON.
  const plan = withTopics({ baseDir: '/', logLines: 10 }, '?')
  const sent = packed({ plan, declared: true })
  expect(sent).toEqual({ plan: { baseDir: '/', logLines: 10, topics: '?' }, declared: true })
  expect(() => plan.topics).toThrow(SyntaxError)
})

test('they arrive as they were, of a plan as text or whole, and are there for a worker of the main thread', () => {
  const plan = withTopics({ baseDir: '/' }, TEXT)
  const whole = { baseDir: '/', topics: TOPICS }
  for (const each of [plan, whole])
    expect(unpacked(structuredClone(packed({ plan: each })))).toEqual({ plan: whole })
  expect(plan.topics).toEqual(TOPICS)
  expect(plan.topics).toBe(plan.topics)
  expect(unpacked(packed({ spec: 1 }))).toEqual({ spec: 1 })
})
