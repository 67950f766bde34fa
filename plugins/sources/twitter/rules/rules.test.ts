import type { TopicRule } from 'mood-exporter/plugin'
import { describe, expect, test } from 'vitest'
import { diffRules, topicsIn } from './diff.ts'
import { type ExpressionOptions, expressionsOf, TopicRefused } from './expression.ts'
import { wantedRules } from './wanted.ts'

const plain: ExpressionOptions = { maxLength: 1024, languages: [], retweets: true }
const topic = (rule: Omit<TopicRule, 'name'>): TopicRule => ({ name: 'galaxy', ...rule })
const expression = (rule: Omit<TopicRule, 'name'>, options: Partial<ExpressionOptions> = {}) =>
  expressionsOf(topic(rule), { ...plain, ...options })

describe('an expression', () => {
  test.each<[Omit<TopicRule, 'name'>, string]>([
    [{ any: ['nova'] }, 'nova'],
    [
      { any: ['nova', '갤럭시', '🔥', '#fold', '@nova', '$NOV'] },
      '(nova OR 갤럭시 OR 🔥 OR #fold OR @nova OR $NOV)',
    ],
    [{ any: ['galaxy s26'] }, '("galaxy s26" OR #galaxys26)'],
    [{ any: ['nova'], all: ['price', 'new phone'] }, 'nova price ("new phone" OR #newphone)'],
    [{ all: ['nova'], not: ['star', 'super nova'] }, 'nova -star -"super nova" -#supernova'],
    [
      { any: ['c++', "rock'n'roll", 'has:media', '-nova', 'a.b'] },
      `("c++" OR "rock'n'roll" OR "has:media" OR "-nova" OR "a.b")`,
    ],
    [{ any: ['or', 'AND'] }, '("or" OR "AND")'],
    [{ any: ['say "yes" \\ no'] }, '("say yes no" OR #sayyesno)'],
    [{ any: ['24 7'] }, '"24 7"'],
    [{ any: ['nova', 'nova'] }, 'nova'],
  ])('is made of %j', (rule, expected) => {
    expect(expression(rule)).toEqual([expected])
  })

  test('has the conditions that hold for all topics', () => {
    const any = ['nova']
    expect(expression({ any }, { languages: ['ko'] })).toEqual(['nova lang:ko'])
    expect(expression({ any }, { languages: ['en', 'id', 'he'], retweets: false, sample: 10 })).toEqual([
      'nova (lang:en OR lang:in OR lang:iw) -is:retweet sample:10',
    ])
  })

  test('is split where it is too long, and each part has what holds for all', () => {
    const any = Array.from({ length: 300 }, (_, i) => `keyword${i}`)
    const parts = expression({ any, all: ['price'], not: ['used'] }, { languages: ['en'] })
    expect(parts.length).toBeGreaterThan(3)
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(1024)
      expect(part).toMatch(/^\((?:keyword\d+)(?: OR keyword\d+)*\) price -used lang:en$/)
    }
    expect(parts.flatMap(part => part.match(/keyword\d+/g))).toEqual(any)
  })

  test('cannot consist of exclusions only, nor of conditions that are too long', () => {
    expect(() => expression({ not: ['nova'] })).toThrow(TopicRefused)
    const not = Array.from({ length: 200 }, (_, i) => `keyword${i}`)
    expect(() => expression({ any: ['nova'], not })).toThrow(
      /^needs \d+ characters where X allows 1024, .*`not`$/,
    )
  })
})

test('topics with the same expression share it, and topics without one are named with the reason', () => {
  const topics = [
    { name: 'a', any: ['nova'] },
    { name: 'b', any: ['nova'] },
    { name: 'c', not: ['nova'] },
    { name: 'd', any: ['other'] },
    { name: 'e', any: ['long'] },
  ]
  const raw = { d: ['nova has:images', 'nova has:links'], e: ['x'.repeat(1025)] }
  const { rules, refused } = wantedRules(topics, raw, plain)
  expect(rules).toEqual([
    { value: 'nova', topics: ['a', 'b'] },
    { value: 'nova has:images', topics: ['d'] },
    { value: 'nova has:links', topics: ['d'] },
  ])
  expect(refused).toEqual([
    { topic: 'c', reason: expect.stringMatching(/^X takes no rule for every post, or for all but some/) },
    { topic: 'e', reason: expect.stringMatching(/^needs 1025 characters/) },
  ])
})

describe('a diff', () => {
  const wanted = [
    { value: 'nova', topics: ['nova'] },
    { value: 'star', topics: ['star', 'sun'] },
  ]
  const ours = { id: '1', value: 'nova', tag: 'mood-exporter:nova' }

  test('adds what is missing and removes what is no longer wanted', () => {
    const old = { id: '2', value: 'old', tag: 'mood-exporter:old' }
    expect(diffRules([ours, old], wanted, 'mood-exporter')).toEqual({
      add: [wanted[1]],
      remove: [old],
      keep: [ours],
      foreign: [],
      shared: [],
    })
  })

  test('deletes and adds a rule whose tag is another one', () => {
    const renamed = { id: '2', value: 'star', tag: 'mood-exporter:stars' }
    const { add, remove, keep } = diffRules([ours, renamed], wanted, 'mood-exporter')
    expect([add, remove, keep]).toEqual([[wanted[1]], [renamed], [ours]])
  })

  test('never changes rules of others, and uses an identical one', () => {
    const foreign = [
      { id: '7', value: 'cats' },
      { id: '8', value: 'star', tag: 'theirs' },
      { id: '9', value: 'dogs', tag: 'mood-exporter-two:dogs' },
    ]
    expect(diffRules([ours, ...foreign], wanted, 'mood-exporter')).toEqual({
      add: [],
      remove: [],
      keep: [ours],
      foreign,
      shared: [{ rule: foreign[1], topics: ['star', 'sun'] }],
    })
  })
})

test('a tag says whose rule it is, and its topics', () => {
  expect(topicsIn('mood-exporter', 'mood-exporter:nova,갤럭시 s26')).toEqual(['nova', '갤럭시 s26'])
  expect(topicsIn('mood', 'mood-exporter:nova')).toBeUndefined()
  expect(topicsIn('mood', undefined)).toBeUndefined()
})
