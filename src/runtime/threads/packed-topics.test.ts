import { expect, test } from 'vitest'
import { packed, unpacked, withTopics } from './packed-topics.ts'

const TOPICS = [{ name: 'tea', any: ['tea', '차'] }, { name: 'rest' }]
const TEXT = JSON.stringify(TOPICS)

test('a thread gets the topics of a workerConfig without the main thread reading them', () => {
  // What is read would not be JSON.
  const workerConfig = withTopics({ baseDir: '/', logLines: 10 }, '?')
  const sent = packed({ workerConfig, declared: true })
  expect(sent).toEqual({ workerConfig: { baseDir: '/', logLines: 10, topics: '?' }, declared: true })
  expect(() => workerConfig.topics).toThrow(SyntaxError)
})

test('they arrive as they were, of a workerConfig as text or whole, and are there for a worker of the main thread', () => {
  const workerConfig = withTopics({ baseDir: '/' }, TEXT)
  const whole = { baseDir: '/', topics: TOPICS }
  for (const each of [workerConfig, whole])
    expect(unpacked(structuredClone(packed({ workerConfig: each })))).toEqual({ workerConfig: whole })
  expect(workerConfig.topics).toEqual(TOPICS)
  expect(workerConfig.topics).toBe(workerConfig.topics)
  expect(unpacked(packed({ spec: 1 }))).toEqual({ spec: 1 })
})
